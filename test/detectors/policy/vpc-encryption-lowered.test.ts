import fc from 'fast-check';
import { expect, test } from 'vitest';
import { vpcEncryptionLowered } from '../../../src/detectors/policy/vpc-encryption-lowered.ts';
import type { CallRecord } from '../../../src/records/record.ts';
import { plainReplay } from '../plain-replay.ts';
import { expectFoldLaws, someError, someTime, toldOf, trailCall } from './trail-calls.ts';

const CONTROL = 'vpcec-0123456789abcdef0';
const modify = (parts: object, changes: object = {}) =>
  trailCall(
    'ec2',
    'ModifyVpcEncryptionControl',
    { ModifyVpcEncryptionControlRequest: { VpcEncryptionControlId: CONTROL, ...parts } },
    changes,
  );
const account = (parts: object, changes: object = {}) =>
  trailCall(
    'ec2',
    'ModifyAccountVpcEncryptionControl',
    { ModifyAccountVpcEncryptionControlRequest: parts },
    changes,
  );
const remove = (changes: object = {}) =>
  trailCall('ec2', 'DeleteVpcEncryptionControl', { VpcEncryptionControlId: CONTROL }, changes);
const answer = (mode: string) => ({
  responseElements: { vpcEncryptionControl: { vpcEncryptionControlId: CONTROL, mode } },
});
const before = { eventTime: '2026-10-20T02:00:00Z' };
const enforced = modify({ Mode: 'enforce' }, before);
const created = trailCall(
  'ec2',
  'CreateVpcEncryptionControl',
  { VpcId: 'vpc-0123456789abcdef0' },
  { ...before, ...answer('monitor') },
);

test.each<[string, CallRecord[], (readonly [string, number])[]]>([
  ['enforced to watched', [enforced, modify({ Mode: 'monitor' })], [['MEDIUM', 0.95]]],
  ['watched, before unknown', [modify({ Mode: 'monitor' })], [['MEDIUM', 0.7]]],
  ['watched as it was created', [created, modify({ Mode: 'monitor' })], []],
  ['a mode that there is not', [modify({ Mode: 'constructor' })], []],
  ['an exclusion of an enforced one', [enforced, modify({ LambdaExclusion: 'enable' })], [['MEDIUM', 0.95]]],
  ['by the answer', [modify({ LambdaExclusion: 'enable' }, answer('enforce'))], [['MEDIUM', 0.95]]],
  ['of one that only watches', [modify({ LambdaExclusion: 'enable' }, answer('monitor'))], []],
  ['of one that only watched', [created, modify({ LambdaExclusion: 'enable' })], []],
  ['of one of unknown mode', [modify({ LambdaExclusion: 'enable' })], [['MEDIUM', 0.7]]],
  ['on the way up', [created, modify({ Mode: 'enforce', LambdaExclusion: 'enable' })], []],
  ['on the way up, before unknown', [modify({ Mode: 'enforce', LambdaExclusion: 'enable' })], [['LOW', 0.5]]],
  ['while enforced', [enforced, modify({ Mode: 'enforce', LambdaExclusion: 'enable' })], [['MEDIUM', 0.95]]],
  ['a kind that comes later', [enforced, modify({ QuantumGatewayExclusion: 'enable' })], [['MEDIUM', 0.95]]],
  ['taken back', [enforced, modify({ LambdaExclusion: 'disable' })], []],
  ['deleted', [remove()], [['MEDIUM', 0.7]]],
  ['deleted while enforced', [enforced, remove()], [['MEDIUM', 0.95]]],
  ['deleted, by the answer', [remove(answer('monitor'))], [['LOW', 0.95]]],
  [
    'a failed step',
    [enforced, modify({ Mode: 'monitor' }, { errorCode: 'Client.UnauthorizedOperation' })],
    [['LOW', 0.95]],
  ],
  [
    'account: less',
    [account({ Mode: 'attempt-enforce' }, before), account({ Mode: 'attempt-monitor' })],
    [['MEDIUM', 0.95]],
  ],
  ['account: least', [account({ Mode: 'unmanaged' })], [['MEDIUM', 0.7]]],
  [
    'account: not even watched',
    [account({ Mode: 'attempt-enforce' }, before), account({ Mode: 'unmanaged' })],
    [['MEDIUM', 0.95]],
  ],
  [
    'account: exclusion',
    [account({ Mode: 'attempt-enforce' }, before), account({ NatGateway: 'enable' })],
    [['MEDIUM', 0.95]],
  ],
  ['account: a dry run', [account({ Mode: 'attempt-enforce', DryRun: true })], []],
])('%s', (_, calls, expected) => {
  expect(toldOf(vpcEncryptionLowered, calls)).toEqual(expected);
});

test('says which gateways, and how to enforce it again', () => {
  const calls = [enforced, modify({ NatGatewayExclusion: 'enable', InternetGatewayExclusion: 'enable' })];
  const [finding] = plainReplay([vpcEncryptionLowered], calls).findings;
  expect(finding!.title).toBe(
    `VPC encryption control ${CONTROL}: traffic of internetGateway, natGateway excluded in us-east-1`,
  );
  expect(finding!.remediation.map(({ command }) => command).join('\n')).toContain(
    `modify-vpc-encryption-control --vpc-encryption-control-id ${CONTROL} --mode enforce`,
  );
});

test('any order and split, and parameters of any kind', () => {
  const mode = fc.oneof(fc.constantFrom('enforce', 'monitor', 'unmanaged'), fc.jsonValue());
  expectFoldLaws(
    vpcEncryptionLowered,
    fc
      .record({
        name: fc.constantFrom(
          'ModifyVpcEncryptionControl',
          'DeleteVpcEncryptionControl',
          'ModifyAccountVpcEncryptionControl',
        ),
        mode,
        answered: mode,
        exclusion: fc.oneof(fc.constantFrom('enable', 'disable'), fc.jsonValue()),
        errorCode: someError,
        eventTime: someTime,
      })
      .map(({ name, mode, answered, exclusion, errorCode, eventTime }) =>
        trailCall(
          'ec2',
          name,
          { VpcEncryptionControlId: CONTROL, Mode: mode, LambdaExclusion: exclusion },
          { errorCode, eventTime, responseElements: { vpcEncryptionControl: { mode: answered } } },
        ),
      ),
  );
});
