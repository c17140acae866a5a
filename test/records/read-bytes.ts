// Reads bytes through readObject and keeps what came out as plain data, since a record is only valid while it is told.

import { objectFacts } from '../../src/records/object-key.ts';
import { type ObjectOutcome, readObject } from '../../src/records/read-object.ts';
import type { RecordSink } from '../../src/records/reader.ts';
import type { AnyRecord } from '../../src/records/record.ts';

export interface Told {
  readonly records: Record<string, unknown>[];
  readonly skipped: string[];
  /** `reason@ordinal` */
  readonly unreadable: string[];
}

export interface ReadBytes extends Told {
  readonly outcome: ObjectOutcome;
}

export interface ReadGiven {
  readonly key?: string;
  readonly named?: boolean;
  readonly flowFields?: readonly string[] | null;
  readonly modifiedMs?: number;
  /** Sizes of the chunks in which the bytes come, repeated; all at once when absent. */
  readonly chunks?: readonly number[];
}

/** 2026-10-06T00:00:00Z: when files of these tests were last modified. */
export const MODIFIED_MS = Date.UTC(2026, 9, 6);

export async function readBytes(bytes: Buffer | string, given: ReadGiven = {}): Promise<ReadBytes> {
  const stored = typeof bytes === 'string' ? Buffer.from(bytes, 'utf8') : bytes;
  const key = given.key ?? 'app.log';
  const { sink, told } = collectingSink();
  const outcome = await readObject(
    {
      facts: objectFacts(key, key, given.modifiedMs ?? MODIFIED_MS),
      named: given.named ?? false,
      chunks: chunked(stored, given.chunks ?? [stored.length]),
    },
    sink,
    { flowFields: given.flowFields ?? null },
  );
  return { ...told, outcome };
}

export function collectingSink(): { readonly sink: RecordSink; readonly told: Told } {
  const told: Told = { records: [], skipped: [], unreadable: [] };
  const sink: RecordSink = {
    record: (record) => told.records.push(plain(record)),
    skipped: (reason, ordinal) => told.skipped.push(`${reason}@${ordinal}`),
    unreadable: (reason, ordinal) => told.unreadable.push(`${reason}@${ordinal}`),
  };
  return { sink, told };
}

export async function* chunked(bytes: Buffer, sizes: readonly number[]): AsyncGenerator<Buffer> {
  let at = 0;
  for (let turn = 0; at < bytes.length; turn++) {
    const size = Math.max(1, sizes[turn % sizes.length] ?? 1);
    // A copy: a reader that kept a view of an earlier chunk would be found out.
    yield Buffer.from(bytes.subarray(at, at + size));
    at += size;
  }
}

function plain(record: AnyRecord): Record<string, unknown> {
  const lanes = new Uint32Array(4);
  record.identityHash(lanes);
  const common = {
    kind: record.kind,
    timeMs: record.timeMs,
    account: record.account,
    region: record.region,
    eventId: record.eventId,
    locator: record.locator,
    identity: [...lanes].join('-'),
  };
  switch (record.kind) {
    case 'call':
      return { ...common, service: record.service, action: record.action };
    case 'line': {
      const { group, stream, ordinal } = record;
      const message = record.bytes.toString('utf8', record.start, record.end);
      const format = record.format === 'text' ? {} : { format: record.format };
      return { ...common, ...format, group, stream, ordinal, message, textLength: record.text.length };
    }
    case 'flow':
      return {
        ...common,
        version: record.version,
        interfaceId: record.interfaceId,
        vpcId: record.vpcId,
        subnetId: record.subnetId,
        instanceId: record.instanceId,
        ecsTaskId: record.ecsTaskId,
        source: record.source,
        destination: record.destination,
        packetSource: record.packetSource,
        packetDestination: record.packetDestination,
        sourcePort: record.sourcePort,
        destinationPort: record.destinationPort,
        protocol: record.protocol,
        packets: record.packets,
        bytes: record.bytes,
        startMs: record.startMs,
        endMs: record.endMs,
        action: record.action,
        direction: record.direction,
        tcpFlags: record.tcpFlags,
        trafficPath: record.trafficPath,
        packetSourceService: record.packetSourceService,
        packetDestinationService: record.packetDestinationService,
        encryptionStatus: record.encryptionStatus,
        transit: record.transit,
      };
  }
}
