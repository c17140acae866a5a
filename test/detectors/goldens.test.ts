// Every detector is held to folders of real-shaped logs: docs/adding-a-detector.md says how a folder looks.
//   test/detectors/<RULE-ID>/fires.<case>/   input/ or input.*   golden.json       (input.ts: `records` of a CloudTrail object)
//   test/detectors/<RULE-ID>/quiet.<case>/   input/ or input.*   why.txt

import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { DEFAULT_SETTINGS } from '../../src/config.ts';
import type { Detector, DetectorSettings } from '../../src/detectors/detector.ts';
import { detectors } from '../../src/detectors/index.ts';
import { createAwsRanges } from '../../src/lib/aws-ranges.ts';
import { AWS_RANGES_TABLE } from '../../src/lib/aws-ranges-table.ts';
import { replay } from '../../src/replay/run.ts';
import { expandPlaceholders, hideValues, secretsIn } from './golden-inputs.ts';
import { TEST_FINGERPRINT_KEY } from './plain-replay.ts';

/** Decoded once: that takes longer than most of these tests. */
const awsRanges = createAwsRanges(AWS_RANGES_TABLE);

const ROOT = import.meta.dirname;
const INPUT_TIME = new Date('2026-11-01T12:00:00Z');
const UPDATE = process.env.UPDATE_GOLDENS === '1';
const scratch = mkdtempSync(path.join(tmpdir(), 'wiretrail-goldens-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

interface Case {
  readonly rule: string;
  readonly name: string;
  readonly folder: string;
}

interface Input {
  /** Path in the archive. */
  readonly name: string;
  /** Text with placeholders. */
  readonly content: string;
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

/** What a golden holds of each finding of the rule: all that a person reads, and nothing that depends on where the input lies. */
async function findingsOf(testCase: Case, inputs: readonly Input[], detector: Detector) {
  const folder = path.join(scratch, testCase.rule, testCase.name);
  writeInputs(inputs, folder);
  const { findings, summary } = await replay({
    inputs: [folder],
    detectors: [detector, ...servedBy(detector)],
    fingerprintKey: TEST_FINGERPRINT_KEY,
    awsRanges,
    settings: settingsOf(testCase),
  });
  // A case that was not read says nothing, and a quiet one most of all.
  expect(summary.problems).toEqual([]);
  expect(summary.objects.skipped).toEqual({});
  expect(summary.records.unreadable).toEqual({});
  expect(summary.records.judged).toBeGreaterThan(0);
  return JSON.parse(
    JSON.stringify(findings.filter(({ rule }) => rule.id === testCase.rule))
      .replaceAll(`${folder}/`, '')
      .replaceAll(folder, ''),
  ) as readonly unknown[];
}

/** Detectors whose folds this one's judges read. */
function servedBy(detector: Detector): Detector[] {
  const read = new Set(detector.folds.flatMap(({ reads }) => reads ?? []));
  const own = new Set(detector.folds.map(({ name }) => name));
  return detectors.filter(
    (other) => other !== detector && other.folds.some(({ name }) => read.has(name) && !own.has(name)),
  );
}

/** `settings.json` in the folder of a case changes single settings. */
function settingsOf(testCase: Case): DetectorSettings {
  const file = path.join(testCase.folder, 'settings.json');
  return existsSync(file)
    ? { ...DEFAULT_SETTINGS, ...JSON.parse(readFileSync(file, 'utf8')) }
    : DEFAULT_SETTINGS;
}

/** The files of `input/`, or the one `input.*`, with their path in the archive. */
async function inputsOf(testCase: Case): Promise<readonly Input[]> {
  const folder = path.join(testCase.folder, 'input');
  const single = readdirSync(testCase.folder).find((name) => name.startsWith('input.'));
  if (existsSync(folder)) {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.join(entry.parentPath, entry.name))
      .map((file) => ({ name: path.relative(folder, file), content: readFileSync(file, 'utf8') }));
  }
  if (single === undefined)
    throw new Error(`${testCase.rule}/${testCase.name} has neither input/ nor input.*`);
  if (single === 'input.ts') {
    const { records, flows } = (await import(path.join(testCase.folder, single))) as {
      readonly records: readonly unknown[];
      readonly flows?: string;
    };
    const calls = { name: 'input.json', content: JSON.stringify({ Records: records }) };
    return flows === undefined ? [calls] : [calls, { name: 'flows.txt', content: flows }];
  }
  return [{ name: single, content: readFileSync(path.join(testCase.folder, single), 'utf8') }];
}

function writeInputs(inputs: readonly Input[], folder: string): void {
  for (const { name, content } of inputs) {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, expandPlaceholders(content));
    // Text lines without a time of their own get the file's.
    utimesSync(file, INPUT_TIME, INPUT_TIME);
  }
}

describe('goldens', () => {
  it.each(cases)('$rule $name', async (testCase) => {
    const detector = detectors.find((candidate) => candidate.meta.id === testCase.rule);
    expect(detector, `no detector ${testCase.rule} in src/detectors/index.ts`).toBeDefined();
    const inputs = await inputsOf(testCase);
    const findings = await findingsOf(testCase, inputs, detector!);

    const said = JSON.stringify(findings);
    for (const secret of inputs.flatMap(({ content }) => secretsIn(content))) {
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
    if (UPDATE) {
      const text = inputs.map(({ content }) => content).join('\n');
      writeFileSync(golden, `${hideValues(JSON.stringify(findings, null, 2), text)}\n`);
    }
    expect(existsSync(golden), 'golden.json is missing: UPDATE_GOLDENS=1 writes it, and you read it').toBe(
      true,
    );
    expect(findings).toEqual(JSON.parse(expandPlaceholders(readFileSync(golden, 'utf8'))));
  });

  it.each(detectors.map((detector) => detector.meta.id))(
    '%s has two cases that fire and two that tempt',
    (id) => {
      const names = cases.filter((testCase) => testCase.rule === id).map((testCase) => testCase.name);
      expect(names.filter((name) => name.startsWith('fires.')).length).toBeGreaterThan(1);
      expect(names.filter((name) => name.startsWith('quiet.')).length).toBeGreaterThan(1);
    },
  );
});
