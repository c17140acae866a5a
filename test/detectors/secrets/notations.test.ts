// Secrets in the notations of programs that do not write `name=value`, and lines that look so and hold none.

import { describe, expect, test } from 'vitest';
import { scanSecrets } from '../../../src/detectors/secrets/scan-secrets.ts';
import { VALUES } from './found-lines.ts';
import { ENCODINGS, FOUND_NOTATIONS, QUIET_NOTATIONS } from './notation-lines.ts';

const TIME_MS = Date.UTC(2026, 10, 2);

function told(text: string): { kind: string; severity: string; secret: string }[] {
  return scanSecrets(text, { timeMs: TIME_MS, fingerprint: (secret) => secret }).map(
    ({ kind, severity, fingerprint }) => ({ kind, severity, secret: fingerprint }),
  );
}

/** The line with its value, and the value. */
function filled(line: string): { readonly text: string; readonly value: string } {
  let value = '';
  const text = line.replace(/~(\w+)(?::(\w+))?~/g, (_, name: string, encoding?: string) => {
    value = VALUES[name]!;
    return encoding === undefined ? value : ENCODINGS[encoding]!(value);
  });
  return { text, value };
}

describe.each(Object.entries(FOUND_NOTATIONS))('%s', (_, lines) => {
  test.each(lines)('%s', (line) => {
    const { text, value } = filled(line);
    for (const shown of [text, `2026-11-02T00:00:00Z INFO said\n${text}\nINFO done`])
      expect([...new Set(told(shown).map(({ secret }) => secret))], shown.replaceAll(value, '~')).toEqual([
        value,
      ]);
  });
});

describe.each(Object.entries(QUIET_NOTATIONS))('%s that hold none', (_, lines) => {
  test.each(lines)('%s', (line) => {
    expect(told(line).filter(({ severity }) => severity !== 'LOW' && severity !== 'INFO')).toEqual([]);
  });
});

test('the first of two logins of a mail server is told, too', () => {
  const login = (name: string): string =>
    `S: 334 UGFzc3dvcmQ6\nC: ~${name}:base64~\nS: 535 5.7.8 refused\nC: AUTH LOGIN\n`;
  const text = filled(login('human')).text + filled(login('winter')).text;
  expect(told(text).map(({ secret }) => secret)).toEqual([VALUES.human, VALUES.winter]);
});
