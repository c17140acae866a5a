// The library's entry: whole texts, lines around what was found, each secret once and at its place.

import { describe, expect, it, vi } from 'vitest';
import { blocksOf, clockOf, scanSecrets } from '../../../src/detectors/secrets/scan-secrets.ts';
import { textScanner } from '../../../src/detectors/secrets/scan-text.ts';
import { createRandom } from '../../../src/simulate/prng.ts';
import { SECRET_EXAMPLES } from '../../../src/simulate/secret-examples/index.ts';

describe('many secrets in one text', () => {
  const examples = SECRET_EXAMPLES.map(({ kind, make }) =>
    make(createRandom(`many/${kind}`), Date.UTC(2026, 10, 1)),
  );
  const text = examples
    .map(({ text: one }, at) => `2026-11-01T12:00:00.000Z INFO line ${at} ${one}`)
    .join('\n');
  const found = scanSecrets(text);

  it('are found', () => {
    expect(found.length).toBeGreaterThan(examples.length * 0.9);
  });

  it('are each told once, though kinds that reach over lines overlap others', () => {
    const places = found.map(({ kind, start, end }) => `${kind} ${start} ${end}`);
    expect(places.filter((place, at) => places.indexOf(place) !== at)).toEqual([]);
  });

  it('are told at their line and column', () => {
    const lines = text.split('\n');
    for (const { line, column, start, kind } of found) {
      const before = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
      expect(before + column - 1, kind).toBe(start);
    }
  });

  it('say nothing of a secret but its public prefix', () => {
    const said = JSON.stringify(found.map(({ prefix, ...rest }) => rest));
    for (const { secrets } of examples) {
      for (const secret of secrets) {
        if (secret.length >= 24) expect(said.includes(secret.slice(12, 24)), secret.slice(0, 4)).toBe(false);
      }
    }
  });
});

it('takes bytes as it takes text, and nothing', () => {
  const { text } = SECRET_EXAMPLES[0]!.make(createRandom('bytes'), 0);
  expect(scanSecrets(new TextEncoder().encode(`x ${text}`))).toEqual(scanSecrets(`x ${text}`));
  expect(scanSecrets('')).toEqual([]);
});

it('judges by the time of its own line, in a block of several', () => {
  const exp = Math.floor(Date.UTC(2026, 8, 15) / 1000);
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const token = `${part({ alg: 'RS256', typ: 'JWT' })}.${part({ sub: 'u', iss: 'https://a.example', iat: exp - 60, exp })}.${createRandom('signature').text('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_', 342)}`;
  const keyId = SECRET_EXAMPLES.find(({ kind }) => kind === 'aws-key-id')!.make(createRandom('id'), 0).text;
  const severities = (day: number) =>
    scanSecrets(`2026-09-14T00:00:00Z INFO ${keyId} used\n2026-09-${day}T00:00:00Z INFO token ${token}`)
      .filter(({ rule }) => rule === 'SEC-08')
      .map(({ severity }) => severity);
  expect(severities(14)).toEqual(['HIGH']);
  expect(severities(16)).toEqual(['LOW']);
});

it('takes the signing time of a request from its own line', () => {
  const { text } = SECRET_EXAMPLES.find(({ kind }) => kind === 'aws-key-id')!.make(createRandom('signer'), 0);
  const keyId = /A[KS]IA[A-Z2-7]{16}/.exec(text)![0];
  const random = createRandom('signatures');
  const request = (logged: string, signed: string) =>
    `2026-09-14T${logged}:00Z DEBUG Authorization: AWS4-HMAC-SHA256 Credential=${keyId}/20260914/eu-west-1/dynamodb/aws4_request, ` +
    `SignedHeaders=host;x-amz-date, Signature=${random.hex(64)} x-amz-date: 20260914T${signed.replace(':', '')}00Z`;
  const lines = [request('10:00', '10:00'), request('16:00', '10:00'), request('18:00', '18:00')];
  const found = scanSecrets(lines.join('\n')).filter(({ kind }) => kind === 'sigv4-authorization-header');
  expect(found.map(({ severity, facts }) => [severity, facts.validUntil])).toEqual([
    ['HIGH', '2026-09-14T10:05:00.000Z'],
    ['MEDIUM', '2026-09-14T10:05:00.000Z'],
    ['HIGH', '2026-09-14T18:05:00.000Z'],
  ]);
});

describe('the lines that are looked at', () => {
  it('looks for the ends of a long line a few times, however many literals stand in it', () => {
    for (const piece of [
      `${'AK'}IA `,
      'kty" ',
      'x-amz-signature ',
      `${Buffer.from('user=shop and more').toString('base64')} `,
    ]) {
      const bytes = Buffer.from(piece.repeat(20_000));
      const searches = vi.spyOn(bytes, 'lastIndexOf');
      expect(blocksOf(bytes, bytes.length, textScanner())).toEqual([[0, bytes.length]]);
      // It took one for each literal, and each went over the whole line: a line of 2 MB took twelve seconds.
      expect(searches.mock.calls.length).toBeLessThan(1000);
    }
  });

  it('tells when each of many lines of one block was written', () => {
    const lines = Array.from({ length: 50 }, (_, minute) =>
      minute % 3 === 2 ? 'goes on' : `2026-11-01T10:${String(minute).padStart(2, '0')}:00Z INFO line`,
    );
    const bytes = Buffer.from(lines.join('\n'));
    const timeAt = clockOf(bytes, [0, bytes.length], Number.NaN);
    let start = 0;
    for (const [minute, line] of lines.entries()) {
      const said = Date.UTC(2026, 10, 1, 10, minute - (minute % 3 === 2 ? 1 : 0));
      expect([timeAt(start), timeAt(start + line.length - 1)], line).toEqual([said, said]);
      start += line.length + 1;
    }
  });
});
