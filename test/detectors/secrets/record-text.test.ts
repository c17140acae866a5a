import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { ObserveContext } from '../../../src/detectors/detector.ts';
import { HINT } from '../../../src/detectors/secrets/prefilter.ts';
import {
  MAX_WINDOW_CHARACTERS,
  MAX_WINDOWS,
  recordText,
  viewsOf,
  WINDOW_OVERLAP_CHARACTERS,
} from '../../../src/detectors/secrets/record-text.ts';
import type { LineRecord } from '../../../src/records/record.ts';
import { expandPlaceholders as e } from '../golden-inputs.ts';
import { callRecord, lineRecord } from '../plain-records.ts';
import { observeContext } from '../plain-replay.ts';

describe('recordText', () => {
  it('never answers for the record that stood in the view before', () => {
    // A reader fills one view again and again: same object, same buffer, same positions.
    const secret = e('{{pem-header:rsa}}');
    const bytes = Buffer.alloc(secret.length);
    const view = lineRecord('', { bytes, start: 0, end: bytes.length, ordinal: 1 }) as LineRecord & {
      text: string;
    };
    const context = { ...observeContext(), recordNumber: 0 } as ObserveContext & { recordNumber: number };
    const show = (text: string) => {
      bytes.write(text.padEnd(bytes.length), 'latin1');
      view.text = bytes.toString('latin1');
      context.recordNumber++;
      return recordText(view, context);
    };
    expect(show('nothing to see').hints).toBe(0);
    expect(show(secret).hints & HINT.privateKey).toBe(HINT.privateKey);
    expect(show('again nothing').hints).toBe(0);
    const first = show(secret);
    expect(recordText(view, context)).toBe(first);
    // Another run has its own numbers.
    bytes.fill(0x20);
    expect(recordText(view, { ...context }).hints).toBe(0);
  });

  it('keeps nothing where records are not numbered', () => {
    const context = observeContext();
    const one = lineRecord(e('{{pem-header:rsa}}'));
    expect(recordText(one, context)).not.toBe(recordText(one, context));
  });

  it('cuts a long record into windows of bounded length that overlap, and shows only those with a hint', () => {
    const needle = 'AWS4-HMAC-SHA256';
    const filler = 'x'.repeat(50_000);
    const windows = recordText(lineRecord(`${filler}${needle}${filler}`), observeContext()).windows();
    expect(windows.length).toBeGreaterThanOrEqual(1);
    for (const window of windows) {
      expect(window.text.length).toBeLessThanOrEqual(MAX_WINDOW_CHARACTERS);
      expect(window.text).toContain(needle);
    }
  });

  it('loses nothing of up to the overlap at a border', () => {
    const needle = `AWS4-HMAC-SHA256${'y'.repeat(WINDOW_OVERLAP_CHARACTERS - 40)}!end`;
    for (const before of [12_000, 12_287, 12_289, 14_000, 16_380]) {
      const text = recordText(
        lineRecord(`${'x'.repeat(before)}${needle}${'x'.repeat(30_000)}`),
        observeContext(),
      );
      expect(
        text.windows().some((window) => window.text.includes(needle)),
        String(before),
      ).toBe(true);
    }
  });

  it('hints at what base64 hides, compressed or in base64 again, and shows it', () => {
    const said = `GET / authorization: AWS4-HMAC-SHA256 and more words`;
    const once = Buffer.from(said).toString('base64');
    for (const hidden of [
      once,
      Buffer.from(`{"body":"${once}"}`).toString('base64'),
      gzipSync(said).toString('base64'),
    ]) {
      const text = recordText(lineRecord(`INFO event ${hidden} done`), observeContext());
      expect(text.hints & HINT.signature).toBe(HINT.signature);
      expect(text.windows()[0]!.views).toContain(said);
    }
    expect(recordText(lineRecord(`INFO event ${'a3'.repeat(40)} done`), observeContext()).hints).toBe(0);
  });

  it('looks at no more than so many windows of one record', () => {
    const text = recordText(lineRecord('AWS4-HMAC-SHA256 '.repeat(80_000)), observeContext());
    expect(text.windows().length).toBe(MAX_WINDOWS);
  });
});

describe('recordText of a call', () => {
  const event = {
    eventVersion: '1.09',
    userIdentity: {
      type: 'IAMUser',
      accountId: '111122223333',
      userName: 'ann',
      accessKeyId: e('{{aws-key-id:identity}}'),
    },
    eventTime: '2026-11-01T12:00:00Z',
    eventSource: 'iam.amazonaws.com',
    eventName: 'UpdateAccessKey',
    awsRegion: 'us-east-1',
    eventID: e('{{uuid:call}}'),
    eventType: 'AwsApiCall',
    recipientAccountId: '111122223333',
  };
  const textOf = (more: object) =>
    recordText(callRecord({ ...event, ...more }), observeContext())
      .windows()
      .map((window) => `${window.field}: ${window.text}`)
      .join('\n');

  it('looks at parameters, error message and user agent', () => {
    const id = e('{{aws-key-id:shown}}');
    expect(textOf({ requestParameters: { list: [{ accessKeyId: id }] } })).toBe(
      `requestParameters: "accessKeyId": "${id}"`,
    );
    expect(textOf({ errorMessage: `key ${id} is not valid` })).toBe(`errorMessage: key ${id} is not valid`);
    expect(textOf({ userAgent: `tool ${id}` })).toBe(`userAgent: tool ${id}`);
  });

  it('never looks at identities, answers, tokens and ids', () => {
    const id = e('{{aws-key-id:hidden}}');
    expect(
      textOf({
        requestParameters: { clientToken: id, nextMarker: id, uploadId: id, x: '-----BEGIN' },
        responseElements: { credentials: { accessKeyId: id, sessionToken: e('{{session-token:x}}') } },
        additionalEventData: { note: id },
      }),
    ).toBe('requestParameters: "x": "-----BEGIN"');
  });
});

describe('viewsOf', () => {
  it.each([
    ['plain', 'nothing', ['nothing']],
    ['JSON', String.raw`a\"b\/c\nd`, [String.raw`a\"b\/c\nd`, 'a"b/c\nd']],
    ['JSON in JSON', String.raw`\\\"k\\\"`, [String.raw`\\\"k\\\"`, String.raw`\"k\"`, '"k"']],
    ['ampersands of Go and JavaScript', String.raw`a\u0026b`, [String.raw`a\u0026b`, 'a&b']],
    ['percent', 'a%2Fb', ['a%2Fb', 'a/b']],
  ])('%s', (_, text, views) => {
    expect(viewsOf(text)).toEqual(views);
  });
});
