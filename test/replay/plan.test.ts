import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planObjects } from '../../src/replay/plan.ts';
import { type Listed, NO_FILTERS } from '../../src/sources/source.ts';

const trail = (stamp: string, account = '111122223333', region = 'us-east-1') =>
  `AWSLogs/${account}/CloudTrail/${region}/${stamp.slice(0, 4)}/${stamp.slice(4, 6)}/${stamp.slice(6, 8)}/${account}_CloudTrail_${region}_${stamp}_a.json.gz`;

function object(key: string): Listed {
  return {
    kind: 'object',
    object: {
      name: `s3://b/${key}`,
      key,
      sizeBytes: 1,
      version: 'v',
      modifiedMs: 5,
      named: false,
      open: async () => noBytes(),
    },
  };
}

async function* noBytes(): AsyncGenerator<Buffer> {}

describe('planObjects', () => {
  it('puts objects without a delivery stamp first, then goes by stamp, then by key', async () => {
    const keys = [
      'app.log',
      'z.log',
      trail('20261101T1200Z', '111122223333'),
      trail('20261101T1200Z', '222233334444'),
      trail('20261101T1205Z'),
      trail('20261102T0000Z'),
    ];
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray(keys, { minLength: keys.length }), async (shuffled) => {
        const plan = await planObjects(shuffled.map(object), NO_FILTERS);
        expect(plan.objects.map((planned) => planned.facts.key)).toEqual(keys);
      }),
    );
  });

  it('leaves out, with the reason, what its key says is not wanted, with a day to spare', async () => {
    const filters = {
      fromMs: Date.UTC(2026, 10, 3),
      toMs: Date.UTC(2026, 10, 4),
      accounts: ['111122223333'],
      regions: ['us-east-1'],
    };
    const plan = await planObjects(
      [
        trail('20261101T2355Z'),
        trail('20261102T0000Z'),
        trail('20261103T1200Z'),
        trail('20261104T2355Z'),
        trail('20261105T0000Z'),
        trail('20261103T1200Z', '999999999999'),
        trail('20261103T1200Z', '111122223333', 'eu-west-1'),
        'AWSLogs/111122223333/CloudTrail-Digest/us-east-1/2026/11/03/111122223333_CloudTrail-Digest_us-east-1_t_us-east-1_20261103T120530Z.json.gz',
        'app.log',
      ].map(object),
      filters,
    );
    expect(plan.objects.map((planned) => planned.facts.key)).toEqual([
      'app.log',
      trail('20261102T0000Z'),
      trail('20261103T1200Z'),
      trail('20261104T2355Z'),
    ]);
    expect(plan.skipped.map((skipped) => skipped.reason)).toEqual([
      'outside-date-range',
      'outside-date-range',
      'outside-account',
      'outside-region',
      'digest',
    ]);
    expect(plan.listed).toBe(plan.objects.length + plan.skipped.length + plan.failed.length);
  });

  it('counts every entry, and an object that was named twice as two', async () => {
    const failed: Listed = {
      kind: 'failed',
      failed: { name: 'x', key: 'x', code: 'not-found', message: 'm', hint: 'h' },
    };
    const skipped: Listed = {
      kind: 'skipped',
      skipped: { name: 'y/', key: 'y/', reason: 'empty-folder-marker', hint: '' },
    };
    const plan = await planObjects([object('a.log'), failed, object('a.log'), skipped], NO_FILTERS);
    expect(plan).toMatchObject({
      listed: 4,
      failed: [{ code: 'not-found' }],
      skipped: [{ reason: 'empty-folder-marker' }],
    });
    expect(plan.objects).toHaveLength(2);
  });
});
