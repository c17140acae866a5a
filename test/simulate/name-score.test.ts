import { describe, expect, test } from 'vitest';
import type { Finding } from '../../src/findings/finding.ts';
import { scoreNames } from '../../src/simulate/name-score.ts';
import type { Attack, Truth } from '../../src/simulate/truth.ts';

const attack = {
  id: 'TLS-06/gateway-alone/0',
  rule: 'TLS-06',
  trafficClass: 'gateway endpoint',
  caller: { name: 'importer', session: 'i-01', dataEvents: true },
  eventIds: [],
  locators: ['flows.log.gz#7'],
} as unknown as Attack;

function finding(name: string | null, session = 'i-01', rule = 'TLS-06', status = 'final'): Finding {
  return {
    rule: { id: rule },
    status,
    principal: name === null ? null : { type: 'AssumedRole', name, session, keyId: '' },
    evidence: [{ locator: '/tmp/archive/flows.log.gz#7', eventId: '' }],
  } as unknown as Finding;
}
function scored(caller: Attack['caller'], ...findings: readonly Finding[]) {
  const truth = { attacks: [{ ...attack, caller }] } as unknown as Truth;
  const { withDataEvents, withoutDataEvents } = scoreNames(truth, findings, '/tmp/archive');
  const counts = ({ right, wrong, notNamed }: typeof withDataEvents) => [right, wrong, notNamed];
  return [counts(withDataEvents), counts(withoutDataEvents)];
}

describe('the caller of a plain flow', () => {
  const none = [0, 0, 0];
  test.each([
    ['is named rightly', [finding('importer')], [1, 0, 0]],
    ['is not named', [finding(null)], [0, 0, 1]],
    ['is another', [finding('exporter')], [0, 1, 0]],
    ['is another session of the role', [finding('importer', 'i-02')], [0, 1, 0]],
    ['is named by one finding of two', [finding(null), finding('importer')], [1, 0, 0]],
    ['is wrong by one finding of two', [finding('exporter'), finding('importer')], [0, 1, 0]],
    ['is not asked for where nothing was found', [], none],
    ['is not taken from another rule', [finding('importer', 'i-01', 'TLS-01')], none],
    ['is not taken from a withdrawn finding', [finding('importer', 'i-01', 'TLS-06', 'withdrawn')], none],
  ])('%s', (_what, findings, expected) => {
    expect(scored(attack.caller, ...findings)).toEqual([expected, none]);
  });

  test('is counted apart where data events are off', () => {
    const blind = { name: 'importer', session: 'i-01', dataEvents: false };
    expect(scored(blind, finding(null))).toEqual([none, [0, 0, 1]]);
    expect(scored(blind, finding('exporter'))).toEqual([none, [0, 1, 0]]);
  });

  test('is not asked for where the archive cannot know', () => {
    expect(scored(null, finding('importer'))).toEqual([none, none]);
  });
});
