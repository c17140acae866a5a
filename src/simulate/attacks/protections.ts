// POL-06 and POL-13: weaker encryption of tables, and protections that are switched off, with and without a past that shows what held before.

import { hostIn, publicNetwork } from '../address-facts.ts';
import type { ApiCall } from '../api-calls.ts';
import { MINUTE_MS } from '../clock.ts';
import type { RuleId } from '../truth.ts';
import { type AttackContext, apiCall, newUser, pickPlace, pickTime, plantCall } from './context.ts';

/** What is there before, what is done to it, and what is done that takes nothing away. */
interface Change {
  readonly variant: string;
  readonly description: string;
  readonly severity: 'HIGH' | 'MEDIUM' | 'LOW';
  readonly before?: ApiCall;
  readonly attack: ApiCall;
}

export function plantChanges(
  context: AttackContext,
  rule: RuleId,
  changes: readonly Change[],
  harmless: readonly (readonly [string, string, ApiCall, string?])[],
): void {
  const { random, plants } = context;
  for (const { variant, description, severity, before, attack } of changes) {
    const place = pickPlace(context);
    const caller = newUser(context, place.account, 'data-admin');
    const address = hostIn(publicNetwork(random), random);
    const timeMs = pickTime(context);
    const proof = plants.attack({
      rule,
      minimumSeverity: severity,
      variant,
      description,
      principal: caller.principal,
      account: place.account,
      region: place.region,
    });
    if (before !== undefined) {
      plantCall(context, plants.benign(`what held before ${variant}`, 'it protects'), {
        place,
        caller: newUser(context, place.account, 'platform'),
        address,
        timeMs: timeMs - 90 * MINUTE_MS,
        call: before,
      });
    }
    plantCall(context, proof, { place, caller, address, timeMs, call: attack });
  }
  const place = pickPlace(context);
  const caller = newUser(context, place.account, 'platform');
  const address = hostIn(publicNetwork(random), random);
  const startMs = pickTime(context);
  for (const [minute, [what, why, call, errorCode]] of harmless.entries()) {
    plantCall(context, plants.benign(what, why), {
      place,
      caller,
      address,
      call,
      timeMs: startMs + minute * MINUTE_MS,
      ...(errorCode === undefined ? {} : { errorCode, errorMessage: 'not allowed' }),
    });
  }
}

const table = (name: string, parts: string, action = 'UpdateTable'): ApiCall =>
  apiCall('dynamodb', action, `{"tableName":"${name}",${parts}}`);
const protection = (name: string, on: boolean): ApiCall => table(name, `"deletionProtectionEnabled":${on}`);
const recovery = (name: string, on: boolean): ApiCall =>
  table(
    name,
    `"pointInTimeRecoverySpecification":{"pointInTimeRecoveryEnabled":${on}}`,
    'UpdateContinuousBackups',
  );
const tokens = (instance: string, value: string): ApiCall =>
  apiCall(
    'ec2',
    'ModifyInstanceMetadataOptions',
    `{"ModifyInstanceMetadataOptionsRequest":{"InstanceId":"${instance}","HttpTokens":"${value}"}}`,
  );
const passwords = (length: number): ApiCall =>
  apiCall(
    'iam',
    'UpdateAccountPasswordPolicy',
    `{"minimumPasswordLength":${length},"requireSymbols":${length > 8},"requireNumbers":true}`,
  );

export function plantProtectionsOff(context: AttackContext): void {
  const { random } = context;
  const name = (): string => `ledger-${random.hex(6)}`;
  const instance = (): string => `i-0${random.hex(16)}`;
  const [first, second, third, machine] = [name(), name(), name(), instance()];
  const severity = 'MEDIUM';
  plantChanges(
    context,
    'POL-13',
    [
      {
        variant: 'deletion-protection',
        description: 'deletion protection of a table that had it is switched off',
        severity,
        before: protection(first, true),
        attack: protection(first, false),
      },
      {
        variant: 'point-in-time-recovery',
        description: 'point-in-time recovery of a table that had it is switched off',
        severity,
        before: recovery(second, true),
        attack: recovery(second, false),
      },
      {
        variant: 'recovery-of-an-unknown-table',
        description: 'point-in-time recovery of a table without a past is switched off',
        severity,
        attack: recovery(third, false),
      },
      {
        variant: 'password-policy',
        description: 'passwords may be shorter than before',
        severity,
        before: passwords(14),
        attack: passwords(6),
      },
      {
        variant: 'metadata-tokens',
        description: 'an instance answers for its metadata without tokens again',
        severity,
        before: tokens(machine, 'required'),
        attack: tokens(machine, 'optional'),
      },
    ],
    [
      [
        'a table created without protection',
        'nothing is taken away',
        table('scratch', '"a":1', 'CreateTable'),
      ],
      ['protection that was never there', 'switched off where it was off', protection('scratch', false)],
      ['protection switched on', 'it protects', protection('ledger', true)],
      ['tokens asked for', 'it protects', tokens(instance(), 'required')],
      ['a refused switch', 'nothing changed: LOW', recovery(name(), false), 'AccessDenied'],
    ],
  );
}

const encryption = (name: string, specification: string): ApiCall =>
  table(name, `"sSESpecification":{${specification}}`);

export function plantWeakerTableEncryption(context: AttackContext): void {
  const { random } = context;
  const name = (): string => `ledger-${random.hex(6)}`;
  const ofCustomer = (): string => `"enabled":true,"sSEType":"KMS","kMSMasterKeyId":"${random.uuid()}"`;
  const [first, second] = [name(), name()];
  plantChanges(
    context,
    'POL-06',
    [
      {
        variant: 'customer-key-left',
        description: 'a table goes from a customer managed key to the AWS owned key',
        severity: 'MEDIUM',
        before: encryption(first, ofCustomer()),
        attack: encryption(first, '"enabled":false'),
      },
      {
        variant: 'unknown-key-left',
        description: 'a table without a past is set to the AWS owned key',
        severity: 'MEDIUM',
        attack: encryption(name(), '"enabled":false'),
      },
      {
        variant: 'another-key',
        description: 'a table is encrypted with another customer managed key',
        severity: 'LOW',
        before: encryption(second, ofCustomer()),
        attack: encryption(second, ofCustomer()),
      },
      {
        variant: 'restored-without-key',
        description: 'a table is restored with the AWS owned key',
        severity: 'MEDIUM',
        attack: apiCall(
          'dynamodb',
          'RestoreTableToPointInTime',
          `{"sourceTableName":"ledger","targetTableName":"${name()}","sSESpecificationOverride":{"enabled":false}}`,
        ),
      },
    ],
    [
      [
        'a table created with the default key',
        'nothing is weakened',
        table('scratch', '"sSESpecification":{"enabled":false}', 'CreateTable'),
      ],
      ['a customer managed key', 'it protects', encryption('orders-kept', ofCustomer())],
      [
        'the AWS owned key a second time',
        'refused: LOW',
        encryption(name(), '"enabled":false'),
        'ValidationException',
      ],
    ],
  );
}
