import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { guidLanesOf, guidText, identityOf } from '../../src/records/event-guid.ts';
import { callRecord } from '../detectors/plain-records.ts';
import { trailRecord } from './trail-records.ts';

const lanes = new Uint32Array(4);
const guidOf = (eventID: string) => callRecord(trailRecord({ eventID })).eventGuid(lanes);

describe('a GUID', () => {
  it('comes back from its four lanes as it was', () => {
    fc.assert(
      fc.property(fc.uuid(), (eventID) => {
        expect(guidOf(eventID)).toBe(true);
        expect(guidText(lanes, 0)).toBe(eventID);
      }),
    );
  });

  it('is read from text as it is from a record', () => {
    fc.assert(
      fc.property(fc.uuid(), (eventID) => {
        guidOf(eventID);
        const fromText = new Uint32Array(4);
        expect(guidLanesOf(eventID, fromText)).toBe(true);
        expect(fromText).toEqual(lanes);
        identityOf(eventID, fromText);
        expect(fromText).toEqual(lanes);
      }),
    );
  });

  it.each([
    '00000000-0000-0000-0000-000000000000',
    'ffffffff-ffff-ffff-ffff-ffffffffffff',
    '0000000a-000b-000c-000d-00000000000e',
  ])('%s keeps its zeros', (eventID) => {
    expect(guidOf(eventID)).toBe(true);
    expect(guidText(lanes, 0)).toBe(eventID);
  });

  it('is read at any place of a list', () => {
    expect(guidText([9, 9, 0x11111111, 0x22223333, 0x44445555, 0x66666666, 9], 2)).toBe(
      '11111111-2222-3333-4444-555566666666',
    );
  });
});

describe('what is no GUID in lower case', () => {
  it.each([
    ['upper case', '11111111-2222-3333-4444-55556666ABCD'],
    ['a digit short', '11111111-2222-3333-4444-55556666777'],
    ['a digit too many', '11111111-2222-3333-4444-5555666677778'],
    ['a letter past f', '11111111-2222-3333-4444-55556666777g'],
    ['a sign between digits and letters', '11111111-2222-3333-4444-55556666777:'],
    ['a hyphen elsewhere', '1111111-12222-3333-4444-555566667777'],
    ['letters beyond ASCII', '11111111-2222-3333-4444-5555666677\u00e9'],
    ['an event id of another kind', 'shared-1'],
    ['none', ''],
  ])('%s: %j is not packed', (_, eventID) => {
    expect(guidOf(eventID)).toBe(false);
    expect(guidLanesOf(eventID, new Uint32Array(4))).toBe(false);
  });

  it('has an identity of its own all the same', () => {
    const identity = (eventID: string): string => {
      const into = new Uint32Array(4);
      callRecord(trailRecord({ eventID })).identityHash(into);
      return into.join(' ');
    };
    const ids = [
      'a',
      'b',
      'shared-1',
      '11111111-2222-3333-4444-55556666777',
      '11111111-2222-3333-4444-555566667777',
    ];
    expect(new Set(ids.map(identity)).size).toBe(ids.length);
    expect(identity('a')).toBe(identity('a'));
    const fromText = new Uint32Array(4);
    identityOf('shared-1', fromText);
    expect(fromText.join(' ')).toBe(identity('shared-1'));
  });
});
