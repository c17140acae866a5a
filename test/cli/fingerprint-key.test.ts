import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defaultKeyPath, loadFingerprintKey } from '../../src/cli/fingerprint-key.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wiretrail-key-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('the fingerprint key', () => {
  it('is made once, for its owner alone, and is the same the next time', () => {
    const file = join(folder, 'deep', 'fingerprint.key');
    const made = loadFingerprintKey(file, {}, false);
    expect(made.bytes).toHaveLength(32);
    expect(made.remarks).toEqual([expect.stringContaining(`made a new fingerprint key, ${file}`)]);
    expect(made.remarks.join()).not.toContain(made.bytes.toString('hex'));
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(loadFingerprintKey(file, {}, false)).toEqual({ bytes: made.bytes, remarks: [] });
  });

  it('lies in the configuration folder of the user', () => {
    expect(defaultKeyPath({ HOME: '/home/ann' })).toBe('/home/ann/.config/wiretrail/fingerprint.key');
    expect(defaultKeyPath({ HOME: '/home/ann', XDG_CONFIG_HOME: '/cfg' })).toBe(
      '/cfg/wiretrail/fingerprint.key',
    );
    expect(defaultKeyPath({ HOME: '/home/ann', XDG_CONFIG_HOME: 'relative' })).toBe(
      '/home/ann/.config/wiretrail/fingerprint.key',
    );
    loadFingerprintKey(null, { XDG_CONFIG_HOME: folder }, true);
    expect(existsSync(join(folder, 'wiretrail', 'fingerprint.key'))).toBe(true);
  });

  it('may come from elsewhere, as 16 to 64 bytes in hexadecimal', () => {
    const file = join(folder, 'k');
    for (const bytes of [16, 32, 64]) {
      writeFileSync(file, `${'Ab'.repeat(bytes)}\n`, { mode: 0o600 });
      expect(loadFingerprintKey(file, {}, true).bytes).toEqual(Buffer.alloc(bytes, 0xab));
    }
  });

  it.each([
    ['', 'empty'],
    ['ab'.repeat(15), 'too short'],
    ['ab'.repeat(65), 'too long'],
    ['a'.repeat(33), 'half a byte'],
    ['zz'.repeat(32), 'no digits'],
    ['x'.repeat(10_000), 'large'],
  ])('%#: is refused when %j', (text) => {
    const file = join(folder, 'k');
    writeFileSync(file, text);
    expect(() => loadFingerprintKey(file, {}, false)).toThrow('does not hold a key');
    // A wrong file is never told, nor written over.
    expect(readFileSync(file, 'utf8')).toBe(text);
  });

  it('that others can read is used, with a warning', () => {
    const file = join(folder, 'k');
    writeFileSync(file, 'ab'.repeat(32));
    chmodSync(file, 0o644);
    expect(loadFingerprintKey(file, {}, false).remarks).toEqual([
      `${file} can be read by others: chmod 600 ${file}`,
    ]);
  });

  it('that cannot be kept lasts for one run, unless it was asked for or a state needs it', () => {
    // A file where a folder should be: no user, root neither, can write below it.
    const blocked = join(folder, 'file');
    writeFileSync(blocked, '');
    const env = { XDG_CONFIG_HOME: join(blocked, 'x') };
    const once = loadFingerprintKey(null, env, false);
    expect(once.bytes).toHaveLength(32);
    expect(once.remarks.join()).toContain('cannot be compared');
    expect(() => loadFingerprintKey(null, env, true)).toThrow('no key can be written there');
    expect(() => loadFingerprintKey(join(blocked, 'k'), {}, false)).toThrow('no key can be written there');
  });

  it('that is a folder is an error', () => {
    mkdirSync(join(folder, 'd'));
    expect(() => loadFingerprintKey(join(folder, 'd'), {}, false)).toThrow('EISDIR');
  });
});
