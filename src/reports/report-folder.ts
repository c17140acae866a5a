// The folder of --out. A file appears whole or not at all: it is written beside its place and then renamed.

import { closeSync, openSync, renameSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Finding } from '../findings/finding.ts';
import { printableJson } from '../findings/printable.ts';
import { worstFirst } from '../findings/stories.ts';
import { WiretrailError } from '../lib/errors.ts';
import { findingLine, ledgerFileLine } from './jsonl.ts';
import { makeFolder } from './make-folder.ts';
import { renderPretty } from './pretty.ts';
import type { LedgerLine, RunSummary } from './run-summary.ts';

/** Characters that are gathered before they are written. */
const WRITE_CHARACTERS = 65_536;
const REPORT_COLUMNS = 100;

export interface ReportFolder {
  readonly path: string;
  /** In the order in which objects were read. */
  writeLedger(line: LedgerLine): void;
  /** Forgets the lines so far: the objects are read again. */
  restartLedger(): void;
  /** Writes the rest, and puts all files in their places. */
  write(findings: readonly Finding[], summary: RunSummary): void;
  /** Leaves the folder as it was, where `write` was not reached. */
  discard(): void;
}

/** Makes the folder when missing. Throws a WiretrailError where it cannot be one, before anything is read. */
export function openReportFolder(path: string): ReportFolder {
  let ledger: GrowingFile;
  try {
    makeFolder(path);
    if (!statSync(path).isDirectory())
      throw new WiretrailError('E_OUT', path, 'is a file', 'Name a folder with --out.');
    ledger = openGrowing(join(path, 'ledger.jsonl'));
  } catch (error) {
    throw asOutError(error, path);
  }
  return {
    path,
    writeLedger: (line) => ledger.append(ledgerFileLine(line)),
    restartLedger() {
      ledger.discard();
      try {
        ledger = openGrowing(join(path, 'ledger.jsonl'));
      } catch (error) {
        throw asOutError(error, path);
      }
    },
    write(findings, summary) {
      try {
        const lines = openGrowing(join(path, 'findings.jsonl'));
        for (const finding of [...findings].sort(worstFirst)) lines.append(findingLine(finding));
        lines.finish();
        writeWhole(
          join(path, 'report.txt'),
          renderPretty(findings, summary, { color: false, width: REPORT_COLUMNS }),
        );
        writeWhole(join(path, 'summary.json'), summaryText(summary));
        ledger.finish();
      } catch (error) {
        throw asOutError(error, path);
      }
    },
    discard: () => ledger.discard(),
  };
}

/** Throws a WiretrailError that names the file where it could not be written: before anything is read. */
export function checkSummaryFile(path: string): void {
  try {
    if (kindOf(path) === 'folder')
      throw new WiretrailError('E_OUT', path, 'is a folder', 'Name a file with --summary.');
    if (kindOf(path) !== 'device') openGrowing(path).discard();
  } catch (error) {
    throw asOutError(error, path);
  }
}

/** Throws a WiretrailError that names the file. */
export function writeSummaryFile(path: string, summary: RunSummary): void {
  try {
    // A file renamed to /dev/stdout or a named pipe would take its place.
    if (kindOf(path) === 'device') writeFileSync(path, summaryText(summary));
    else writeWhole(path, summaryText(summary));
  } catch (error) {
    throw asOutError(error, path);
  }
}

function kindOf(path: string): 'file' | 'folder' | 'device' | 'nothing' {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return 'nothing';
  return stats.isFile() ? 'file' : stats.isDirectory() ? 'folder' : 'device';
}

function summaryText(summary: RunSummary): string {
  return `${printableJson(summary, 2)}\n`;
}

interface GrowingFile {
  append(text: string): void;
  finish(): void;
  discard(): void;
}

function writeWhole(path: string, text: string): void {
  const file = openGrowing(path);
  try {
    file.append(text);
    file.finish();
  } finally {
    file.discard();
  }
}

function openGrowing(path: string): GrowingFile {
  const beside = join(dirname(path), `.${basename(path)}.${process.pid}.part`);
  const descriptor = openSync(beside, 'w', 0o600);
  let gathered = '';
  let open = true;
  const flush = () => {
    // writeSync may write a part only.
    let rest = Buffer.from(gathered, 'utf8');
    while (rest.length > 0) rest = rest.subarray(writeSync(descriptor, rest));
    gathered = '';
  };
  return {
    append(text) {
      gathered += text;
      if (gathered.length >= WRITE_CHARACTERS) flush();
    },
    finish() {
      flush();
      closeSync(descriptor);
      open = false;
      renameSync(beside, path);
    },
    discard() {
      if (!open) return;
      open = false;
      closeSync(descriptor);
      rmSync(beside, { force: true });
    },
  };
}

function asOutError(error: unknown, path: string): unknown {
  if (!(error instanceof Error) || !('code' in error) || error instanceof WiretrailError) return error;
  const what =
    error.code === 'EEXIST' || error.code === 'ENOTDIR'
      ? 'is a file, or lies below one'
      : `cannot be written (${error.code})`;
  return new WiretrailError('E_OUT', path, what, 'Name a place that can be written.', error);
}
