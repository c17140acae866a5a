// Half-masked secrets: the mask belongs to the span, whatever it is made of, and nothing of the clear part stands in a context.

import { describe, expect, test } from 'vitest';
import { scanSecrets } from '../../../src/detectors/secrets/scan-secrets.ts';

const CLEAR = ['Harb', 'orTime', '77'].join('');
const OTHER = ['kX9wQ2mZ', 'p4Vt7Lw1', 'Rb3Nc6Hs8Jd5Gf'].join('');
const LONG = `${CLEAR}Q7vLx2Rw`;

const VALUES = [
  `password=${CLEAR}***`,
  `password=***${CLEAR}`,
  `password=${CLEAR.slice(0, 6)}****${CLEAR.slice(6)}`,
  `"password": "${CLEAR}****"`,
  `password=${CLEAR}(***)`,
  `password=${CLEAR}[****]`,
  `{"password":"${CLEAR}\u2022\u2022\u2022\u2022"}`,
  `pwd=${CLEAR}####&user=jane`,
  `passwd=${CLEAR}%2A%2A%2A`,
  `secret = "${LONG}***"`,
];

describe('a half-masked secret', () => {
  test.each(VALUES)('%s', (line) => {
    const text = `${line} and Authorization: Bearer ${OTHER}`;
    const found = scanSecrets(text);
    const half = found.find(({ kind }) => kind === 'half-masked-secret');
    expect(half, JSON.stringify(found)).toBeDefined();
    const bytes = Buffer.from(text);
    const rest = bytes.toString('utf8', 0, half!.start) + bytes.toString('utf8', half!.end);
    expect(rest).not.toMatch(/\*{3}|#{4}|\u2022|redacted|%2A/i);
    for (const { context } of found)
      for (let at = 0; at + 4 <= CLEAR.length; at++) expect(context).not.toContain(CLEAR.slice(at, at + 4));
  });

  test.each([
    'password=Bearer***',
    'password: ****',
    'password=<none>***',
    'api_key=AIza****',
    'password=user/***',
  ])('%s is none', (line) => {
    expect(scanSecrets(line).filter(({ kind }) => kind === 'half-masked-secret')).toEqual([]);
  });
});
