import { describe, expect, it } from 'vitest';
import {
  createFingerprint,
  fingerprintKeyId,
  hashSeed,
  sha256Hex,
  sha256Lanes,
} from '../../src/lib/digest.ts';

const key = Buffer.alloc(32, 7);
const otherKey = Buffer.alloc(32, 8);

describe('sha256Hex', () => {
  it.each([
    // https://csrc.nist.gov/CSRC/media/Projects/Cryptographic-Standards-and-Guidelines/documents/examples/SHA256.pdf
    ['abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
    ['', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
  ])('of %j is the published one, from text and from bytes', (text, digest) => {
    expect(sha256Hex(text)).toBe(digest);
    expect(sha256Hex(Buffer.from(text))).toBe(digest);
  });
});

describe('sha256Lanes', () => {
  it('are the first 128 bits as four unsigned numbers', () => {
    const lanes = new Uint32Array(4);
    sha256Lanes('abc', lanes);
    expect(Buffer.from(lanes.buffer).toString('hex')).toBe(sha256Hex('abc').slice(0, 32));
  });
});

describe('a fingerprint', () => {
  it('is the published HMAC, cut to 128 bits', () => {
    // https://www.rfc-editor.org/rfc/rfc4231#section-4.3 (test case 2)
    expect(createFingerprint(Buffer.from('Jefe'))('what do ya want for nothing?')).toBe(
      '5bdcc146bf60754e6a042426089575c7',
    );
  });

  it('differs by secret and by key, and is the same again', () => {
    const fingerprint = createFingerprint(key);
    expect(fingerprint('one')).toBe(createFingerprint(Buffer.alloc(32, 7))('one'));
    expect(fingerprint('one')).not.toBe(fingerprint('two'));
    expect(fingerprint('one')).not.toBe(createFingerprint(otherKey)('one'));
  });
});

describe('what is derived from the key', () => {
  it('names it in 8 hex digits that tell nothing of it', () => {
    expect(fingerprintKeyId(key)).toMatch(/^[0-9a-f]{8}$/);
    expect(fingerprintKeyId(key)).toBe(fingerprintKeyId(Buffer.alloc(32, 7)));
    expect(fingerprintKeyId(key)).not.toBe(fingerprintKeyId(otherKey));
    expect(sha256Hex(key).startsWith(fingerprintKeyId(key))).toBe(false);
  });

  it('seeds hashes with 32 unsigned bits, others for another key', () => {
    const seed = hashSeed(key);
    expect(Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32).toBe(true);
    expect(hashSeed(otherKey)).not.toBe(seed);
    // Neither the seed nor the name is what a fingerprint of something could show.
    expect(createFingerprint(key)('wiretrail hash seed').startsWith(seed.toString(16))).toBe(false);
  });
});
