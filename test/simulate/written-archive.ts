// Reads a simulated archive back with nothing of the project's readers: gunzip, split, JSON.parse.

import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { type SimulateOptions, type SimulateResult, simulate } from '../../src/simulate/simulate.ts';

export interface WrittenArchive extends SimulateResult {
  /** Paths below the archive's folder, sorted, without truth.json. */
  readonly keys: readonly string[];
  text(key: string): string;
  bytes(key: string): Buffer;
  remove(): void;
}

export async function writeArchive(options: Omit<SimulateOptions, 'outDir'>): Promise<WrittenArchive> {
  const outDir = mkdtempSync(join(tmpdir(), 'wiretrail-simulate-'));
  const result = await simulate({ ...options, outDir });
  const keys = readdirSync(outDir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== 'truth.json')
    .map((entry) => join(entry.parentPath, entry.name).slice(outDir.length + 1))
    .sort();
  const bytes = (key: string) => readFileSync(join(outDir, key));
  const texts = new Map<string, string>();
  return {
    ...result,
    keys,
    bytes,
    text(key) {
      let text = texts.get(key);
      if (text === undefined) {
        text = (key.endsWith('.gz') ? gunzipSync(bytes(key)) : bytes(key)).toString();
        texts.set(key, text);
      }
      return text;
    },
    remove: () => rmSync(outDir, { recursive: true, force: true }),
  };
}

export interface TrailRecord {
  readonly eventID: string;
  readonly eventTime: string;
  readonly eventVersion: string;
  readonly eventSource: string;
  readonly eventName: string;
  readonly eventType: string;
  readonly userAgent?: string;
  readonly sourceIPAddress: string;
  readonly recipientAccountId: string;
  readonly sessionCredentialFromConsole?: string;
  readonly sharedEventID?: string;
  readonly eventCategory?: string;
  readonly userIdentity: {
    readonly type?: string;
    readonly invokedBy?: string;
    readonly accessKeyId?: string;
  };
  readonly tlsDetails?: { readonly tlsVersion?: string };
  readonly responseElements: { readonly credentials?: { readonly sessionToken?: string } } | null;
}

export interface DeliveredRecord {
  readonly key: string;
  readonly ordinal: number;
  readonly stampMs: number;
  readonly json: string;
  readonly record: TrailRecord;
}

export function trailKeys(archive: WrittenArchive): readonly string[] {
  return archive.keys.filter((key) => key.includes('/CloudTrail/'));
}

const known = new WeakMap<WrittenArchive, readonly DeliveredRecord[]>();

/** Parsed once for each archive. */
export function trailRecords(archive: WrittenArchive): readonly DeliveredRecord[] {
  const records = known.get(archive) ?? readTrail(archive);
  known.set(archive, records);
  return records;
}

function readTrail(archive: WrittenArchive): DeliveredRecord[] {
  return trailKeys(archive).flatMap((key) => {
    const stamp = /_(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)Z_/.exec(key)!;
    const stampMs = Date.UTC(+stamp[1]!, +stamp[2]! - 1, +stamp[3]!, +stamp[4]!, +stamp[5]!);
    const { Records } = JSON.parse(archive.text(key)) as { Records: TrailRecord[] };
    return Records.map((record, i) => ({
      key,
      ordinal: i + 1,
      stampMs,
      get json() {
        return JSON.stringify(record);
      },
      record,
    }));
  });
}

/** A call that a principal of the customer made by itself, by the same facts that an auditor would use. */
export function isDirect({
  eventType,
  userIdentity,
  sourceIPAddress,
  sessionCredentialFromConsole,
}: TrailRecord): boolean {
  return (
    eventType === 'AwsApiCall' &&
    userIdentity.invokedBy === undefined &&
    userIdentity.type !== 'AWSService' &&
    !/amazonaws\.com$|^AWS Internal/.test(sourceIPAddress) &&
    sessionCredentialFromConsole === undefined
  );
}
