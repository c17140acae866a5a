// Secret scanners flag what looks like a secret, fake or not: nothing in the repository may.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { expandPlaceholders, hideValues } from '../detectors/golden-inputs.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
/** Elsewhere lie archives and reports of whoever works here. */
const FOLDERS = ['.ci', 'bench', 'docs', 'examples', 'handlers', 'scripts', 'src', 'test'];
const TOP_FILES = /\.(?:md|ts|json|jsonc|yml)$/;

const SHAPES = {
  'access key id': /\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}\b/,
  'private key': /-----BEGIN [A-Z ]*PRIVATE KEY/,
  'GitHub token': /\bgh[pousr]_[A-Za-z0-9]{36}/,
  'secret access key':
    /(?<![A-Za-z0-9/+=_.-])(?=[^A-Z]{0,39}[A-Z])(?=[^a-z]{0,39}[a-z])(?=[^0-9]{0,39}[0-9])[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=_.-])/,
} as const;

function filesIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.log'))
    .map((entry) => join(entry.parentPath, entry.name));
}

describe('what looks like a secret', () => {
  const files = [
    // The lock file holds digests.
    ...readdirSync(root)
      .filter((name) => TOP_FILES.test(name) && name !== 'package-lock.json')
      .map((name) => join(root, name)),
    ...FOLDERS.flatMap((folder) => filesIn(join(root, folder))),
  ];

  it.each(Object.entries(SHAPES))('%s: stands in no file', (_, shape) => {
    expect(files.length).toBeGreaterThan(200);
    const hits = files.filter((file) => shape.test(readFileSync(file, 'latin1')));
    expect(hits.map((file) => file.slice(root.length))).toEqual([]);
  });

  it.each([
    ['access key id', 'keyId={{aws-key-id:a}}'],
    ['access key id', '{{aws-session-key-id:a}}'],
    ['private key', '{{private-key:rsa}}'],
    ['GitHub token', `ghp_${'a1B2'.repeat(9)}`],
    ['secret access key', 'secret: "{{aws-secret:a}}"'],
  ] as const)('%s is seen in %s', (name, text) => {
    expect(SHAPES[name].test(expandPlaceholders(text))).toBe(true);
  });
});

describe('a golden', () => {
  it('holds the placeholders of its input, and becomes what was said again', () => {
    const input =
      '{{aws-key-id:deploy}} {{uuid:r}} {{signature:one}} {{aws-key-id:other|url}} {{aws-key-id:deploy}}';
    const said = expandPlaceholders(
      '{"title":"{{aws-key-id:deploy}} in {{uuid:r}}","command":"--id {{aws-key-id:other}} {{aws-key-id:deploy}}"}',
    );
    const hidden = hideValues(said, input);
    expect(hidden).not.toContain(expandPlaceholders('{{aws-key-id:deploy}}'));
    expect(hidden).toMatch(/\{\{aws-key-id:deploy\}\}.*\{\{uuid:r\}\}.*\{\{aws-key-id:other\|url\}\}/);
    expect(expandPlaceholders(hidden)).toBe(said);
  });
});
