import { describe, expect, it } from 'vitest';
import type { JudgeContext } from '../../../src/detectors/detector.ts';
import { awsKeyPair, keyNeighbours } from '../../../src/detectors/secrets/aws-key-pair.ts';
import { awsSecretAlone } from '../../../src/detectors/secrets/aws-secret-alone.ts';
import { expandPlaceholders } from '../golden-inputs.ts';
import { lineRecord } from '../plain-records.ts';
import { batchReplay, plainReplay, testSettings } from '../plain-replay.ts';

const T0 = Date.UTC(2026, 10, 1, 12);
const rules = [awsKeyPair, awsSecretAlone];
const keyId = expandPlaceholders('AWS_ACCESS_KEY_ID={{aws-key-id:deploy}}');
const secret = expandPlaceholders('AWS_SECRET_ACCESS_KEY={{aws-secret:deploy}}');
const at = (text: string, ordinal: number, timeMs = T0 + ordinal) => lineRecord(text, { ordinal, timeMs });
const told = (records: ReturnType<typeof at>[]) =>
  plainReplay(rules, records)
    .findings.map(({ title, severity }) => `${severity} ${title.split(' in a log')[0]}`)
    .sort();
const PAIR = 'CRITICAL AWS access key with its secret';

describe('a secret whose key id stands in a neighbouring record', () => {
  it.each([1, 62, 63, 64])('is left to the pair, from record %i', (ordinal) => {
    const records = [at(keyId, ordinal), at(secret, ordinal + 1)];
    expect(told(records)).toEqual([PAIR, 'INFO AWS secret access key']);
    const { findings } = plainReplay(rules, records);
    for (const batches of [
      [[records[0]!], [records[1]!]],
      [[records[1]!], [records[0]!]],
    ])
      expect(batchReplay(rules, batches).findings).toEqual(findings);
  });

  it('is told where there is none, or it stands elsewhere too', () => {
    expect(told([at(secret, 2)])).toEqual(['HIGH AWS secret access key']);
    expect(told([at(keyId, 1), at(secret, 9)])).toEqual(['HIGH AWS secret access key']);
    expect(told([at(keyId, 1), at(secret, 2, T0 + 120_000)])).toEqual(['HIGH AWS secret access key']);
    expect(told([at(keyId, 1), at(secret, 2), at(secret, 40)])).toEqual([PAIR, 'HIGH AWS secret access key']);
  });

  it('is judged anew once the key id is read', () => {
    const { summaries } = plainReplay(rules, [at(keyId, 63), at(secret, 64)]);
    const context: JudgeContext = {
      settings: testSettings,
      read: (fold, key, window) => (summaries.get(JSON.stringify([fold.name, key, window])) as never) ?? null,
    };
    const waked = [...summaries.keys()]
      .map((name) => JSON.parse(name) as [fold: string, key: string, window: number])
      .filter(([fold]) => fold === keyNeighbours.name)
      .map(([, key, window]) =>
        keyNeighbours.wakes!(key, window, context).map((one) => JSON.stringify(Object.values(one))),
      );
    const alone = [...summaries.keys()].filter((name) => name.includes('"aws-secret-alone"'));
    // The block of the key id wakes it; that of the secret comes with the secret.
    expect(waked).toEqual([alone, []]);
  });
});
