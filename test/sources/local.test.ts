import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { listSources } from '../../src/sources/list.ts';
import { WHOLE_FILE_BYTES } from '../../src/sources/local.ts';
import { type Listed, NO_FILTERS, type SourceObject } from '../../src/sources/source.ts';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'wiretrail-local-'));
});
afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

function write(path: string, content: string | Buffer = 'x'): void {
  mkdirSync(join(root, path, '..'), { recursive: true });
  writeFileSync(join(root, path), content);
}

async function list(...inputs: string[]): Promise<Listed[]> {
  const deps = { stdin: Readable.from([Buffer.from('piped '), 'text']), nowMs: 1234, endpointUrl: null };
  const all: Listed[] = [];
  for await (const listed of listSources(inputs, NO_FILTERS, deps)) all.push(listed);
  return all;
}

/** `key`, or `code name` of what failed, or `reason name` of what was skipped, names below the root. */
function told(listed: readonly Listed[]): string[] {
  return listed.map((entry) => {
    if (entry.kind === 'object') return entry.object.key;
    const { name } = entry.kind === 'failed' ? entry.failed : entry.skipped;
    return `${entry.kind === 'failed' ? entry.failed.code : entry.skipped.reason} ${name.replace(`${root}/`, '')}`;
  });
}

const objectsOf = (listed: readonly Listed[]): SourceObject[] =>
  listed.flatMap((entry) => (entry.kind === 'object' ? [entry.object] : []));

async function contentOf(object: SourceObject): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of await object.open()) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

/** Root may read everything whatever the mode is: then the work is done as the user nobody. */
async function asNobody<T>(work: () => Promise<T>): Promise<T> {
  if (process.geteuid?.() !== 0) return work();
  process.seteuid?.(65534);
  try {
    return await work();
  } finally {
    process.seteuid?.(0);
  }
}

describe('local files', () => {
  it('reads a named file', async () => {
    write('a.log', 'hello');
    const [object] = objectsOf(await list(join(root, 'a.log')));
    expect(object).toMatchObject({ name: join(root, 'a.log'), sizeBytes: 5, named: true });
    expect(object!.version).toMatch(/^5-\d+$/);
    expect(object!.modifiedMs).toBeGreaterThan(Date.UTC(2020, 0));
    expect(await contentOf(object!)).toBe('hello');
  });

  it('walks a folder in the order of S3 keys', async () => {
    for (const path of ['b.log', 'a/z.log', 'a/b/c.log', 'a-1.log', 'a0.log', 'B.log']) write(path);
    const listed = await list(root);
    expect(told(listed)).toEqual(['B.log', 'a-1.log', 'a/b/c.log', 'a/z.log', 'a0.log', 'b.log']);
    expect(told(await list(`${root}/`))).toEqual(told(listed));
    expect(objectsOf(listed)[2]).toMatchObject({ name: `${root}/a/b/c.log`, named: false });
  });

  it('reads an empty file and a file larger than one piece', async () => {
    write('empty.log', '');
    write('large.log', Buffer.alloc(WHOLE_FILE_BYTES + 10, 'y'));
    const [empty, large] = objectsOf(await list(root));
    expect(await contentOf(empty!)).toBe('');
    let chunks = 0;
    let bytes = 0;
    for await (const chunk of await large!.open()) {
      chunks++;
      bytes += chunk.length;
    }
    expect(bytes).toBe(WHOLE_FILE_BYTES + 10);
    expect(chunks).toBeGreaterThan(1);
  });

  it('takes a pattern only where no file has that very name', async () => {
    for (const path of ['x/1.log', 'x/2.log', 'x/3.txt', 'y/4.log', 'x/[1].log', 'x/*.log']) write(path);
    expect(told(await list(join(root, '*/[12].log')))).toEqual([`${root}/x/1.log`, `${root}/x/2.log`]);
    expect(told(await list(join(root, 'x/[1].log')))).toEqual([`${root}/x/[1].log`]);
    expect(told(await list(join(root, 'x/*.log')))).toEqual([`${root}/x/*.log`]);
    // A folder that a pattern matches is walked once, not again for what ** matches in it.
    expect(told(await list(join(root, '**')))).toHaveLength(6);
    expect(objectsOf(await list(join(root, '*/4.log')))[0]).toMatchObject({ named: true });
  });

  it.each([
    ['a missing path', 'nowhere.log', 'not-found'],
    ['a path below a file', 'file/below.log', 'not-found'],
    ['a pattern that matches nothing', '*.nothing', 'no-match'],
    ['a link to itself', 'circle', 'link-loop'],
  ])('lists %s as failed, with what to do, and goes on', async (_name, path, code) => {
    write('file');
    symlinkSync(join(root, 'circle'), join(root, 'circle'));
    const [failed, next] = await list(join(root, path), join(root, 'file'));
    expect(failed).toMatchObject({ kind: 'failed', failed: { code, name: join(root, path) } });
    expect(failed!.kind === 'failed' && failed!.failed.hint).not.toBe('');
    expect(next!.kind).toBe('object');
  });

  it('lists what is broken in a folder as failed and reads the rest', async () => {
    write('good.log');
    symlinkSync(join(root, 'nothing'), join(root, 'dangling'));
    symlinkSync(join(root, 'loop'), join(root, 'loop'));
    expect(told(await list(root))).toEqual(['not-found dangling', 'good.log', 'link-loop loop']);
  });

  it('follows links to folders, but never in a circle', async () => {
    write('a/one.log');
    symlinkSync(root, join(root, 'a/up'));
    symlinkSync(join(root, 'a'), join(root, 'b'));
    expect(told(await list(root))).toEqual(['a/one.log']);
    expect(told(await list(join(root, 'b')))).toContain('one.log');
  });

  it('lists a folder without rights as failed, and a file as an error when it is opened', async () => {
    write('closed/a.log');
    write('secret.log');
    chmodSync(root, 0o755);
    chmodSync(join(root, 'closed'), 0);
    chmodSync(join(root, 'secret.log'), 0);
    try {
      const listed = await asNobody(() => list(root));
      expect(told(listed)).toEqual(['access-denied closed', 'secret.log']);
      await expect(asNobody(() => contentOf(objectsOf(listed)[0]!))).rejects.toMatchObject({
        code: 'access-denied',
      });
    } finally {
      chmodSync(join(root, 'closed'), 0o755);
    }
  });

  it('tells what happened to a file between the listing and the reading', async () => {
    write('gone.log');
    write('large.log', Buffer.alloc(WHOLE_FILE_BYTES + 1));
    const objects = objectsOf(await list(root));
    rmSync(join(root, 'gone.log'));
    rmSync(join(root, 'large.log'));
    for (const object of objects)
      await expect(contentOf(object)).rejects.toMatchObject({ code: 'not-found', where: object.name });
  });

  it('passes over what is no file in a folder', async () => {
    const { execFileSync } = await import('node:child_process');
    execFileSync('mkfifo', [join(root, 'pipe')]);
    expect(told(await list(root))).toEqual(['not-a-log pipe']);
  });
});

describe('standard input', () => {
  it('is one object, dated now', async () => {
    const [object] = objectsOf(await list('-'));
    expect(object).toMatchObject({
      name: '-',
      key: '-',
      sizeBytes: null,
      version: '',
      modifiedMs: 1234,
      named: true,
    });
    expect(await contentOf(object!)).toBe('piped text');
  });
});
