import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { detectors } from '../../../src/detectors/index.ts';
import {
  callLiterals,
  callPrefilter,
  LINES_ONLY,
  rareQuads,
} from '../../../src/detectors/secrets/prefilter.ts';
import { checksum32 } from '../../../src/lib/checksum.ts';
import { hashJson } from '../../../src/lib/json-hash.ts';
import { createCloudTrailReader, createDecodeCaches } from '../../../src/records/cloudtrail-reader.ts';
import type { CallRecord } from '../../../src/records/record.ts';
import {
  createRecordSlots,
  forgetBytes,
  hashParameters,
  mayHoldQuad,
  N,
  type RecordSlots,
  recordChecksum,
  scanRecord,
  UNKNOWN,
  watchQuads,
} from '../../../src/records/scan-kernel/scan-record.ts';
import { CHANGING_PARAMETERS } from '../../../src/records/trail-fields.ts';
import { NO_FACTS, trailRecord } from '../trail-records.ts';

/** More than the kernel is spared for, so that what follows is scanned by it. */
const LEAD_BYTES = 4096;

/** Scans one record in the kernel; `at` is where it begins. */
function scanned(text: string): { bytes: Buffer; at: number; slots: RecordSlots } {
  const bytes = Buffer.from(' '.repeat(LEAD_BYTES) + text, 'utf8');
  const slots = createRecordSlots();
  forgetBytes(bytes);
  expect(scanRecord(bytes, LEAD_BYTES, bytes.length, slots)).toBe(bytes.length);
  expect(slots.numbers[N.guidForm]).not.toBe(UNKNOWN);
  return { bytes, at: LEAD_BYTES, slots };
}

const numbersOf = (record: unknown) => {
  const { numbers } = scanned(JSON.stringify(record)).slots;
  return { operation: numbers[N.operation]!, sender: numbers[N.sender]! };
};

/** Everything that detectors can ask of a call, by the kernel (in an object of some length) or by the twin (alone). */
function everythingOf(records: readonly unknown[], inKernel: boolean): unknown[] {
  const told: unknown[] = [];
  const sink = {
    record: (record: unknown) => told.push(allOf(record as CallRecord)),
    skipped: (reason: string) => told.push({ skipped: reason }),
    unreadable: (reason: string) => told.push({ unreadable: reason }),
  };
  const caches = createDecodeCaches();
  if (inKernel) {
    const bytes = Buffer.from(`${' '.repeat(LEAD_BYTES)}${JSON.stringify({ Records: records })}`);
    createCloudTrailReader(NO_FACTS, sink, caches).push(bytes, bytes.length, true);
  } else {
    for (const record of records) {
      const bytes = Buffer.from(JSON.stringify(record));
      createCloudTrailReader(NO_FACTS, sink, caches).push(bytes, bytes.length, true);
    }
  }
  return told;
}

const GETTERS = [
  ...[
    'timeMs',
    'account',
    'region',
    'eventId',
    'versionMajor',
    'versionMinor',
    'service',
    'action',
    'eventType',
  ],
  ...['category', 'readOnly', 'recipientAccount', 'requestId', 'sharedEventId', 'principalType', 'principal'],
  ...[
    'principalName',
    'principalArn',
    'sessionName',
    'keyId',
    'invokedBy',
    'viaConsole',
    'ip',
    'networkClass',
  ],
  ...[
    'network',
    'vpcEndpoint',
    'userAgent',
    'userAgentFamily',
    'tlsState',
    'tlsVersion',
    'tlsCipher',
    'tlsHost',
  ],
  ...['tlsSuite', 'errorCode', 'errorMessage', 'direct', 'requestParameters', 'withoutParameters'],
] as const;

function allOf(call: CallRecord): Record<string, unknown> {
  const all: Record<string, unknown> = {};
  for (const name of GETTERS) all[name] = call[name as keyof CallRecord];
  const [lanes, hash] = [new Uint32Array(4), new Uint32Array(2)];
  call.identityHash(lanes);
  all.isGuid = call.eventGuid(new Uint32Array(4));
  call.hashRequestParameters(7, hash);
  return { ...all, identity: [...lanes], hash: [...hash], checksum: call.checksum() };
}

const maybe = <T>(...values: T[]) => fc.constantFrom(undefined, null, ...values);
/** Records that have much in common, in fields that are numbered. */
const similarRecord = fc
  .record({
    eventVersion: maybe('1.08', '1.11', '2.0', ''),
    eventTime: fc.constantFrom(
      '2026-10-05T12:00:00Z',
      '2026-02-28T23:59:59Z',
      '2024-02-29T00:00:00Z',
      '2026-10-05T12:00:00.123Z',
      '2026-13-01T00:00:00Z',
      'never',
    ),
    eventSource: fc.constantFrom('dynamodb.amazonaws.com', 'kms.amazonaws.com', 'odd'),
    eventName: fc.constantFrom('GetItem', 'Decrypt', 'Get\\Item', '-'),
    awsRegion: maybe('us-east-1', 'eu-west-1', ''),
    sourceIPAddress: maybe('198.51.100.7', '10.0.0.9', 'AWS Internal', 'lambda.amazonaws.com', '2001:db8::1'),
    userAgent: maybe('Boto3/1.34', 'aws-cli/2.1 "quoted"', 'ünicode', '-'),
    errorCode: maybe('AccessDenied', ''),
    readOnly: maybe<unknown>(true, false, 'true'),
    eventType: maybe('AwsApiCall', 'AwsServiceEvent', 'AwsConsoleSignIn'),
    eventCategory: maybe('Data', 'Management', 'Insight'),
    recipientAccountId: maybe<unknown>('111122223333', '444455556666', 111122223333),
    vpcEndpointId: maybe('vpce-0123456789abcdef0', 'AWS Internal'),
    sessionCredentialFromConsole: maybe('true', 'false'),
    tlsDetails: maybe<unknown>(
      { tlsVersion: 'TLSv1.3', cipherSuite: 'X' },
      { clientProvidedHostHeader: 'h:80' },
      {},
      'text',
    ),
    userIdentity: maybe<unknown>(
      { type: 'IAMUser', accountId: '111122223333', userName: 'ann', accessKeyId: 'AKIAX' },
      { type: 'IAMUser', userName: 'ann', accessKeyId: 'AKIAX' },
      { type: 'AWSService', invokedBy: 'lambda.amazonaws.com' },
      { ...(trailRecord().userIdentity as object), pad: 'p'.repeat(3000) },
    ),
    eventID: maybe(
      '11111111-2222-3333-4444-555555555555',
      'ABCDEF01-2222-3333-4444-555555555555',
      '1111',
      'g1111111-2222-3333-4444-555555555555',
    ),
    requestParameters: maybe<unknown>({}, { a: [1, 'x', null], nextToken: 'n' }, { b: '"' }, 'text'),
  })
  .map((over) => trailRecord(over));

describe('what the kernel finds out in passing', () => {
  it('is what a reader without it says, whatever was read before', () => {
    fc.assert(
      fc.property(fc.array(similarRecord, { maxLength: 12 }), (records) => {
        expect(everythingOf(records, true)).toEqual(everythingOf(records, false));
      }),
      { numRuns: 300 },
    );
  });

  it('numbers senders and operations: equal ones alike, others differently, field by field', () => {
    const first = numbersOf(trailRecord());
    expect(first.sender).toBeGreaterThan(0);
    expect(
      numbersOf(
        trailRecord({ eventID: 'another', requestParameters: {}, eventTime: '2026-01-01T00:00:00Z' }),
      ),
    ).toEqual(first);
    for (const field of ['eventSource', 'eventName', 'awsRegion', 'errorCode', 'readOnly']) {
      const { operation, sender } = numbersOf(trailRecord({ [field]: 'other' }));
      expect(operation, field).not.toBe(first.operation);
      expect(sender, field).toBe(first.sender);
    }
    for (const field of [
      ...['eventVersion', 'sourceIPAddress', 'userAgent', 'eventType', 'recipientAccountId', 'vpcEndpointId'],
      ...['eventCategory', 'sessionCredentialFromConsole', 'tlsDetails', 'userIdentity'],
    ]) {
      const { operation, sender } = numbersOf(trailRecord({ [field]: 'other' }));
      expect(sender, field).not.toBe(first.sender);
      expect(operation, field).toBe(first.operation);
    }
  });

  it('tells fields apart that only together read alike, and a text from a null and from nothing', () => {
    const numbers = [
      { sourceIPAddress: 'ab', userAgent: 'c' },
      { sourceIPAddress: 'a', userAgent: 'bc' },
      { sourceIPAddress: '', userAgent: 'abc' },
      { sourceIPAddress: null, userAgent: 'abc' },
      { sourceIPAddress: undefined, userAgent: 'abc' },
      { sourceIPAddress: 'null', userAgent: 'abc' },
      { sourceIPAddress: 'a\u0000', userAgent: 'abc' },
    ].map((over) => numbersOf(trailRecord(over)).sender);
    expect(new Set(numbers).size).toBe(numbers.length);
  });

  it('tells identities of many blocks apart by any one byte', () => {
    const text = JSON.stringify({ type: 'IAMUser', pad: 'p'.repeat(300) });
    const numbers = new Set<number>();
    for (let at = 25; at < 325; at++) {
      const changed = JSON.parse(`${text.slice(0, at)}q${text.slice(at + 1)}`);
      numbers.add(numbersOf(trailRecord({ userIdentity: changed })).sender);
    }
    expect(numbers.size).toBe(300);
  });

  it('gives no number to fields that are too long together', () => {
    expect(numbersOf(trailRecord({ userIdentity: { pad: 'p'.repeat(4096) } })).sender).toBe(0);
    expect(numbersOf(trailRecord({ userIdentity: { pad: 'p'.repeat(3900) } })).sender).toBeGreaterThan(0);
  });

  it('numbers on when its tables are full', () => {
    const numbers = new Set<number>();
    for (let n = 0; n < 20_000; n++) {
      numbers.add(numbersOf({ ...SHORT, sourceIPAddress: `10.0.${n >> 8}.${n & 255}` }).sender);
    }
    expect(numbers.size).toBe(20_000);
  });

  it('reads identities as GUIDs, and nothing else as one', () => {
    const guid = 'c0ffee00-1234-5678-9abc-def012345678';
    const form = (eventID: unknown) => scanned(JSON.stringify(trailRecord({ eventID }))).slots.numbers;
    expect(form(guid)[N.guidForm]).toBe(1);
    expect([...form(guid).subarray(N.guid, N.guid + 4)].map((lane) => (lane >>> 0).toString(16))).toEqual([
      'c0ffee00',
      '12345678',
      '9abcdef0',
      '12345678',
    ]);
    expect(form(guid.toUpperCase())[N.guidForm]).toBe(2);
    for (let at = 0; at < 36; at++) {
      for (const wrong of ['g', '/', ':', '@', '`', ' ', '-']) {
        const changed = guid.slice(0, at) + wrong + guid.slice(at + 1);
        if (changed !== guid) expect(form(changed)[N.guidForm], changed).toBe(0);
      }
    }
    for (const other of [guid.slice(1), `${guid}0`, '', 7, null]) expect(form(other)[N.guidForm]).toBe(0);
  });

  it('reads times as Date.parse does, or leaves them alone', () => {
    const time = (eventTime: unknown) => scanned(JSON.stringify(trailRecord({ eventTime }))).slots.times[0]!;
    fc.assert(
      fc.property(fc.integer({ min: 0, max: Date.UTC(9999, 11, 28) / 1000 }), (seconds) => {
        const text = new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
        const read = time(text);
        if (Number(text.slice(8, 10)) <= 28) expect(read).toBe(seconds * 1000);
        else expect(read).toBeNaN();
      }),
    );
    for (const odd of [
      '2026-10-05T12:00:60Z',
      '2026-10-05T24:00:00Z',
      '2026-00-05T12:00:00Z',
      '2026-10-00T12:00:00Z',
      '2026-10-05 12:00:00Z',
      '2026-10-05T12:00:0 Z',
      '1969-10-05T12:00:00Z',
      '2026-10-05T12:00:00',
      5,
    ]) {
      expect(time(odd), String(odd)).toBeNaN();
    }
  });

  it('gives the checksum that its twin gives, and another one for another byte', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 300 }), fc.nat(), (text, position) => {
        const { bytes, at, slots } = scanned(JSON.stringify({ text }));
        const sum = recordChecksum(bytes, at, bytes.length, slots);
        expect(sum).toBe(checksum32(bytes, at, bytes.length));
        const changed = Buffer.from(bytes);
        changed[at + (position % (bytes.length - at))]! ^= 1 + (position % 255);
        expect(checksum32(changed, at, bytes.length)).not.toBe(sum);
      }),
      { numRuns: 1000 },
    );
  });

  it('gives the hash of parameters that its twin gives', () => {
    const key = fc.oneof(
      fc.constantFrom('nextToken', 'NEXTTOKEN', 'clientToken', 'marker', 'id', 'n'),
      fc.string({ maxLength: 20 }),
    );
    const json = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 5 },
        fc.string({ maxLength: 40 }),
        fc.double(),
        fc.constantFrom(null, true, false),
        fc.array(tie('value'), { maxLength: 4 }),
        fc.dictionary(key, tie('value'), { maxKeys: 5 }),
      ),
    })).value;
    fc.assert(
      fc.property(
        fc.dictionary(key, json, { maxKeys: 5 }),
        fc.integer(),
        fc.constantFrom(undefined, 1, '\t'),
        (value, seed, indent) => {
          const { bytes, at, slots } = scanned(
            `{"requestParameters":${JSON.stringify(value, null, indent)}}`,
          );
          const start = at + '{"requestParameters":'.length;
          const [kernel, twin] = [new Uint32Array(2), new Uint32Array(2)];
          hashParameters(bytes, start, bytes.length - 1, seed, kernel);
          hashJson(bytes, start, bytes.length - 1, seed, CHANGING_PARAMETERS, twin);
          expect([...kernel]).toEqual([...twin]);
          expect(slots.starts.length).toBeGreaterThan(0);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('gives it for what only looks like JSON, too', () => {
    const piece = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"',
      'a',
      '1',
      ' ',
      '"nextToken"',
      '"a"',
      'null',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), fc.integer(), (pieces, seed) => {
        // Behind the record, in the window all the same.
        const text = pieces.join('');
        const record = '{"x":1}';
        const bytes = Buffer.from(' '.repeat(LEAD_BYTES) + record + text);
        forgetBytes(bytes);
        scanRecord(bytes, LEAD_BYTES, bytes.length, createRecordSlots());
        const start = LEAD_BYTES + record.length;
        const [kernel, twin] = [new Uint32Array(2), new Uint32Array(2)];
        hashParameters(bytes, start, bytes.length, seed, kernel);
        hashJson(bytes, start, bytes.length, seed, CHANGING_PARAMETERS, twin);
        expect([...kernel]).toEqual([...twin]);
      }),
      { numRuns: 500 },
    );
  });
});

/** The fields that are numbered, and no more. */
const SHORT = { eventVersion: '1.08', eventSource: 's', eventName: 'n', userIdentity: { accountId: '1' } };

describe('watched quads', () => {
  const may = (text: string): boolean => {
    const { bytes, at } = scanned(JSON.stringify({ text }));
    return mayHoldQuad(bytes, at, bytes.length);
  };

  /** What detectors look for in calls; the rest they look for in log lines only. */
  const ofCalls = callLiterals();

  it('are of all that detectors ask of the text of calls', () => {
    const asked = detectors.reduce((bits, { needs }) => bits | (needs.callText ?? 0), 0);
    expect(asked).not.toBe(0);
    expect(asked & LINES_ONLY).toBe(0);
  });

  it('are in every literal of the text detectors', () => {
    const quads = rareQuads();
    for (const { text } of ofCalls) {
      expect(
        quads.some((quad) => text.toLowerCase().includes(quad)),
        text,
      ).toBe(true);
    }
  });

  it('never hide a literal: a text without any holds none', () => {
    watchQuads(rareQuads);
    const piece = fc.oneof(
      fc.constantFrom(...ofCalls.map(({ text }) => text)),
      fc
        .constantFrom(...ofCalls.map(({ text }) => text))
        .chain((text) => fc.nat(text.length).map((end) => text.slice(0, end))),
      fc.string({ maxLength: 8 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 6 }), fc.boolean(), (pieces, upper) => {
        const text = upper ? pieces.join('').toUpperCase() : pieces.join('');
        const { bytes, at } = scanned(JSON.stringify({ text }));
        if (!mayHoldQuad(bytes, at, bytes.length)) {
          expect(callPrefilter(bytes, at, bytes.length)).toBe(0);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('are not seen in ordinary parameters', () => {
    watchQuads(rareQuads);
    expect(
      may('{"tableName":"orders","key":{"pk":"user#17"},"bucketName":"logs-2026","Host":"s3.amazonaws.com"}'),
    ).toBe(false);
    expect(
      may(
        '{"requestItems":["pk","updatedAt","payload"],"returnValues":"NONE","securityGroupSet":{},"roleArn":"arn:aws:iam::111122223333:role/worker-us-east-1"}',
      ),
    ).toBe(false);
    expect(may('dynamodb.application-autoscaling.amazonaws.com')).toBe(false);
    expect(may('password=')).toBe(true);
  });

  it('are looked for inside the bounds only', () => {
    watchQuads(rareQuads);
    const { bytes, at } = scanned(JSON.stringify({ text: 'password=' }));
    const from = bytes.indexOf('password=');
    expect(mayHoldQuad(bytes, from, from + 9)).toBe(true);
    expect(mayHoldQuad(bytes, at, from + 3)).toBe(false);
  });

  it('cannot be said of bytes that are not in the kernel: then they may be there', () => {
    watchQuads(rareQuads);
    expect(mayHoldQuad(Buffer.from('nothing at all'), 0, 14)).toBe(true);
  });
});
