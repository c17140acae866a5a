// Every detector is held to folders of real-shaped logs: docs/adding-a-detector.md says how a folder looks.
//   test/detectors/<RULE-ID>/fires.<case>/   input/ or input.*   golden.json
//   test/detectors/<RULE-ID>/quiet.<case>/   input/ or input.*   why.txt

import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Detector } from '../../src/detectors/detector.ts';
import { detectors } from '../../src/detectors/index.ts';
import { expandPlaceholders, secretsIn } from './golden-inputs.ts';
import { plainReplay, readInputs } from './plain-replay.ts';

const ROOT = import.meta.dirname;
const UPDATE = process.env.UPDATE_GOLDENS === '1';
const scratch = mkdtempSync(path.join(tmpdir(), 'wiretrail-goldens-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

interface Case {
  readonly rule: string;
  readonly name: string;
  readonly folder: string;
}

const cases: Case[] = readdirSync(ROOT, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && /^[A-Z]+-\d+$/.test(entry.name))
  .flatMap((entry) =>
    readdirSync(path.join(ROOT, entry.name)).map((name) => ({
      rule: entry.name,
      name,
      folder: path.join(ROOT, entry.name, name),
    })),
  );

/** What a golden holds of each finding of the rule: all that a person reads. */
function findingsOf(testCase: Case, detector: Detector) {
  const folder = inputFolder(testCase);
  const { findings } = plainReplay([detector], readInputs(folder, expandPlaceholders));
  return findings.map(({ timeMs: _, firstMs, lastMs, evidenceKey: __, ...finding }) => ({
    ...finding,
    firstSeen: new Date(firstMs).toISOString(),
    lastSeen: new Date(lastMs).toISOString(),
  }));
}

/** `input/` as it stands, or a folder with the one `input.*` in it. */
function inputFolder(testCase: Case): string {
  const folder = path.join(testCase.folder, 'input');
  if (existsSync(folder)) return folder;
  const single = readdirSync(testCase.folder).find((name) => name.startsWith('input.'));
  if (single === undefined)
    throw new Error(`${testCase.rule}/${testCase.name} has neither input/ nor input.*`);
  const target = path.join(scratch, testCase.rule, testCase.name);
  cpSync(path.join(testCase.folder, single), path.join(target, single), { recursive: true });
  return target;
}

function rawInputs(testCase: Case): string {
  const folder = inputFolder(testCase);
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(path.join(entry.parentPath, entry.name), 'utf8'))
    .join('\n');
}

describe('goldens', () => {
  it.each(cases)('$rule $name', (testCase) => {
    const detector = detectors.find((candidate) => candidate.meta.id === testCase.rule);
    expect(detector, `no detector ${testCase.rule} in src/detectors/index.ts`).toBeDefined();
    const findings = findingsOf(testCase, detector!);

    const said = JSON.stringify(findings);
    for (const secret of secretsIn(rawInputs(testCase))) {
      for (const piece of secret.split('\n')) expect(piece.length > 7 && said.includes(piece)).toBe(false);
    }

    if (testCase.name.startsWith('quiet.')) {
      const why = path.join(testCase.folder, 'why.txt');
      expect(existsSync(why), 'why.txt says what makes the case tempting').toBe(true);
      expect(readFileSync(why, 'utf8').trim().length).toBeGreaterThan(20);
      expect(findings).toEqual([]);
      return;
    }
    expect(testCase.name).toMatch(/^fires\./);
    expect(findings.length).toBeGreaterThan(0);
    const golden = path.join(testCase.folder, 'golden.json');
    if (UPDATE) writeFileSync(golden, `${JSON.stringify(findings, null, 2)}\n`);
    expect(existsSync(golden), 'golden.json is missing: UPDATE_GOLDENS=1 writes it, and you read it').toBe(
      true,
    );
    expect(JSON.parse(JSON.stringify(findings))).toEqual(JSON.parse(readFileSync(golden, 'utf8')));
  });

  it.each(detectors.map((detector) => detector.meta.id))(
    '%s has a case that fires and one that tempts',
    (id) => {
      const names = cases.filter((testCase) => testCase.rule === id).map((testCase) => testCase.name);
      expect(names.filter((name) => name.startsWith('fires.')).length).toBeGreaterThan(0);
      expect(names.filter((name) => name.startsWith('quiet.')).length).toBeGreaterThan(0);
    },
  );
});
