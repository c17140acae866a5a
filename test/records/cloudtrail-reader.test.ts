import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readTrail, trailRecord } from './trail-records.ts';

const text = (value: unknown): string => JSON.stringify(value);
const ids = (told: ReturnType<typeof readTrail>): unknown[] => told.records.map((record) => record.eventId);
const one = trailRecord({ eventID: 'a' });
const two = trailRecord({ eventID: 'b' });

describe('shapes', () => {
  it.each([
    ['Records object', text({ Records: [one, two] })],
    ['Records behind plain fields', `{"owner":"x","n":1,"Records":[${text(one)},${text(two)}]}`],
    ['Records behind a nested field', `{"meta":{"a":[1]},"Records":[${text(one)},${text(two)}]}`],
    ['array', text([one, two])],
    ['one a line', `${text(one)}\n${text(two)}\n`],
    ['one a line, CRLF, no last newline', `${text(one)}\r\n${text(two)}`],
    ['pretty-printed', JSON.stringify({ Records: [one, two] }, null, 2)],
    ['byte order mark', `\ufeff${text({ Records: [one, two] })}`],
    [
      'EventBridge envelopes',
      [one, two]
        .map((detail) =>
          text({
            version: '0',
            id: 'e',
            'detail-type': 'AWS API Call via CloudTrail',
            source: 'aws.dynamodb',
            detail,
          }),
        )
        .join('\n'),
    ],
    ['Records objects behind each other', text({ Records: [one] }) + text({ Records: [two] })],
  ])('%s', (_name, content) => {
    const told = readTrail(Buffer.from(content, 'utf8'));
    expect(ids(told)).toEqual(['a', 'b']);
    expect(told.unreadable).toEqual([]);
  });

  it('reads a single object', () => {
    expect(ids(readTrail(Buffer.from(text(one))))).toEqual(['a']);
  });

  it.each([
    ['empty Records', '{"Records":[]}'],
    ['empty array', '[]'],
    ['white space', ' \n'],
    ['nothing', ''],
  ])('%s is no record and no error', (_name, content) => {
    expect(readTrail(Buffer.from(content))).toEqual({
      records: [],
      skipped: [],
      unreadable: [],
      corrections: [],
    });
  });

  it('numbers records from 1 and names them in the locator', () => {
    expect(
      readTrail(Buffer.from(text({ Records: [one, two] }))).records.map((record) => record.locator),
    ).toEqual(['trail.json#1', 'trail.json#2']);
  });
});

describe('one odd record costs only itself', () => {
  it.each([
    ['no eventName', text({ ...one, eventName: undefined }), 'missing-field#2'],
    ['no eventTime', text({ ...one, eventTime: undefined }), 'missing-field#2'],
    ['a time that is none', text({ ...one, eventTime: 'timestamp' }), 'bad-time#2'],
    ['a day that is none', text({ ...one, eventTime: '2026-02-30T00:00:00Z' }), 'bad-time#2'],
    ['a number', '17', 'not-an-object#2'],
    ['a string with a bracket in it', '"]}"', 'not-an-object#2'],
    ['an array', '[[1],{}]', 'not-an-object#2'],
    ['null', 'null', 'not-an-object#2'],
    ['a missing comma inside', '{"eventName":"x" "eventTime":"y"}', 'not-json#2'],
    [
      '10,000 levels',
      `{"eventName":"x","requestParameters":${'['.repeat(10_000)}${']'.repeat(10_000)}}`,
      'too-deep#2',
    ],
  ])('%s', (_name, odd, reason) => {
    const told = readTrail(Buffer.from(`{"Records":[${text(one)},${odd},${text(two)}]}`));
    expect(ids(told)).toEqual(['a', 'b']);
    expect(told.unreadable).toEqual([reason]);
  });

  it('goes on behind a damaged line', () => {
    const told = readTrail(Buffer.from(`${text(one)}\n{"eventName":"x", oops\n${text(two)}\n`));
    expect(ids(told)).toEqual(['a', 'b']);
    expect(told.unreadable).toHaveLength(1);
  });

  it.each([
    ['inside a record', 40, ['a'], ['truncated#2']],
    ['between records', 2, ['a', 'b'], ['truncated#3']],
  ])('says that the end is missing: cut %s', (_name, cut, expected, reasons) => {
    const whole = Buffer.from(text({ Records: [one, two] }));
    const told = readTrail(whole.subarray(0, whole.length - cut));
    expect(ids(told)).toEqual(expected);
    expect(told.unreadable).toEqual(reasons);
  });

  it('ends a record that has no end', () => {
    const endless = Buffer.concat([Buffer.from('{"a":"'), Buffer.alloc(5 * 1024 * 1024, 0x78)]);
    const told = readTrail(endless, [4_500_000]);
    expect(told.unreadable).toEqual(['too-long#1']);
  });
});

describe('kinds that are no call', () => {
  it.each([
    ['insight-event', { eventCategory: 'Insight' }],
    ['insight-event', { eventType: 'AwsCloudTrailInsight' }],
    ['network-activity-event', { eventCategory: 'NetworkActivity' }],
    ['network-activity-event', { eventType: 'AwsVpceEvent' }],
    ['network-activity-event', { eventType: 'AwsVpceEvents' }],
    ['aggregated-event', { eventCategory: 'Aggregated', eventType: 'AwsAggregatedEvent' }],
    ['unknown-major-version', { eventVersion: '2.0' }],
  ])('%s: %j', (reason, over) => {
    expect(readTrail(Buffer.from(text(trailRecord(over)))).skipped).toEqual([`${reason}#1`]);
  });

  it('reads 1.10 and 1.11 as later than 1.9, and a record without a version', () => {
    const versions = ['1.9', '1.10', '1.11', undefined];
    const told = readTrail(Buffer.from(text(versions.map((eventVersion) => trailRecord({ eventVersion })))));
    expect(told.records).toHaveLength(4);
  });

  it('passes a correction on with the event that it corrects', () => {
    const addendum = { reason: 'UPDATED_DATA', originalEventID: 'first' };
    const told = readTrail(Buffer.from(text(trailRecord({ addendum }))));
    expect(told).toMatchObject({
      records: [],
      skipped: ['correction#1'],
      corrections: ['first trail.json#1'],
    });
  });

  it('reads a late delivery as the call it is', () => {
    expect(
      readTrail(Buffer.from(text(trailRecord({ addendum: { reason: 'DELIVERY_DELAY' } })))).records,
    ).toHaveLength(1);
  });
});

describe('fields', () => {
  const read = (over: Record<string, unknown>): Record<string, unknown> =>
    readTrail(Buffer.from(text(trailRecord(over)))).records[0]!;

  it('names the principal, its session and its network', () => {
    expect(read({})).toMatchObject({
      principal: 'role:111122223333:orders-api',
      principalName: 'orders-api',
      sessionName: 'i-0abc',
      network: '198.51.100.0/24',
      networkClass: 'public',
      userAgentFamily: 'boto3+linux',
      direct: true,
      tlsState: 'full',
    });
  });

  it.each([
    ['full', { tlsVersion: 'TLSv1.2', cipherSuite: 'X', clientProvidedHostHeader: 'h' }],
    ['full', { tlsVersion: 'TLSv1.2' }],
    ['partial', { clientProvidedHostHeader: 'dynamodb.us-east-1.amazonaws.com' }],
    ['partial', { tlsVersion: '-', cipherSuite: '', clientProvidedHostHeader: 'h' }],
    ['absent', {}],
    ['absent', undefined],
    ['absent', null],
  ])('TLS is %s for %j', (state, tlsDetails) => {
    expect(read({ tlsDetails }).tlsState).toBe(state);
  });

  it.each([
    ['a service called', { userIdentity: { type: 'AWSService', invokedBy: 'lambda.amazonaws.com' } }],
    [
      'a service called for you',
      { userIdentity: { type: 'AssumedRole', arn: 'a/b/c', invokedBy: 'athena.amazonaws.com' } },
    ],
    ['the address is a service', { sourceIPAddress: 'cloudformation.amazonaws.com' }],
    ['the address is AWS Internal', { sourceIPAddress: 'AWS Internal' }],
    ['the console’s proxy', { sessionCredentialFromConsole: 'true' }],
    ['a service event', { eventType: 'AwsServiceEvent' }],
    ['an address that is none', { sourceIPAddress: '035.249.1.1' }],
    [
      'a service-linked role',
      {
        userIdentity: {
          type: 'AssumedRole',
          arn: 'arn:aws:sts::1:assumed-role/AWSServiceRoleForX/s',
          sessionContext: {
            sessionIssuer: { arn: 'arn:aws:iam::1:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX' },
          },
        },
      },
    ],
  ])('is not direct when %s', (_name, over) => {
    expect(read(over).direct).toBe(false);
  });

  it('is direct whatever user agent and session name say', () => {
    const { userIdentity } = trailRecord();
    const identity = {
      ...(userIdentity as object),
      arn: 'arn:aws:sts::111122223333:assumed-role/orders-api/AWS Internal',
    };
    expect(read({ userAgent: 'AWS Internal', userIdentity: identity }).direct).toBe(true);
    expect(read({ userAgent: 'console.amazonaws.com' }).direct).toBe(true);
  });

  it('takes @timestamp where a shipper left no eventTime', () => {
    expect(read({ eventTime: undefined, '@timestamp': '2020-09-14T00:44:23.250Z' }).timeMs).toBe(
      Date.parse('2020-09-14T00:44:23.250Z'),
    );
  });

  it('decodes escapes and UTF-8', () => {
    expect(read({ errorCode: 'a"\\b\nc', userAgent: 'Müller/1 (日本)' })).toMatchObject({
      errorCode: 'a"\\b\nc',
      userAgent: 'Müller/1 (日本)',
    });
  });

  it('believes only the keys at their own place', () => {
    const smuggled = read({
      userAgent: '","tlsDetails":{"tlsVersion":"TLSv1.3"},"x":"',
      requestParameters: { tlsDetails: { tlsVersion: 'TLSv1.3' }, userIdentity: { type: 'AWSService' } },
      tlsDetails: undefined,
    });
    expect(smuggled).toMatchObject({ tlsState: 'absent', principalType: 'AssumedRole', direct: true });
  });

  it('reads a record with an escaped key as JSON.parse does', () => {
    const raw = text(one)
      .replace('"eventName"', '"event\\u004eame"')
      .replace('"readOnly":true', '"readOnly":true,"readOnly":false');
    expect(readTrail(Buffer.from(raw)).records[0]).toMatchObject({
      action: 'GetItem',
      readOnly: false,
      eventId: 'a',
    });
  });

  it('identifies a record without an eventID by its content, whatever the order of its keys', () => {
    const plain = trailRecord({ eventID: undefined });
    const turned = Object.fromEntries(Object.entries(plain).reverse());
    const [a, b, c] = readTrail(Buffer.from(text([plain, turned, { ...plain, requestID: 'R2' }]))).records;
    expect(a!.eventId).toMatch(/^content-[0-9a-f]{32}$/);
    expect(b!.eventId).toBe(a!.eventId);
    expect(c!.eventId).not.toBe(a!.eventId);
  });
});

describe('streams', () => {
  it('reads the same records wherever the pieces are cut', () => {
    const contents = [
      text({ Records: [one, trailRecord({ eventID: 'ü', eventTime: 'x' }), two] }),
      `${text(one)}\n17\n${text(two)}\n`,
      JSON.stringify([one, 'x', two], null, 1),
    ];
    fc.assert(
      fc.property(
        fc.constantFrom(...contents).chain((content) => {
          const bytes = Buffer.from(content);
          return fc.tuple(fc.constant(bytes), fc.array(fc.nat(bytes.length), { maxLength: 6 }));
        }),
        ([bytes, cuts]) => {
          expect(readTrail(bytes, cuts)).toEqual(readTrail(bytes));
        },
      ),
    );
  });

  it('never throws on arbitrary bytes, and always comes to an end', () => {
    const pieces = fc.constantFrom(
      '{"Records":[',
      '{',
      '}',
      '[',
      ']',
      ',',
      '"',
      '\\',
      '\n',
      '"eventName":"x"',
      '"a":',
      '1',
      text(one),
      '\u0000',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 30 }), fc.array(fc.nat(500)), (parts, cuts) => {
        const bytes = Buffer.from(parts.join(''));
        const told = readTrail(
          bytes,
          cuts.filter((cut) => cut <= bytes.length),
        );
        expect(told.records.length).toBeLessThanOrEqual(parts.length);
      }),
      { numRuns: 300 },
    );
  });
});
