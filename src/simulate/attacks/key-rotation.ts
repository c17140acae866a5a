// POL-03: keys whose material is not renewed any more, of known and of unknown use.

import type { ApiCall } from '../api-calls.ts';
import { type AttackContext, apiCall } from './context.ts';
import { plantChanges } from './protections.ts';

const rotation = (action: string, key: string, more = ''): ApiCall =>
  apiCall('kms', `${action}KeyRotation`, `{"keyId":"${key}"${more}}`);

export function plantKeyRotationOff(context: AttackContext): void {
  const { random } = context;
  const [ofTable, ofLogs, unknown, fresh] = [random.uuid(), random.uuid(), random.uuid(), random.uuid()];
  plantChanges(
    context,
    'POL-03',
    [
      {
        variant: 'key-of-a-table',
        description: 'rotation of a key that encrypts a table is switched off',
        severity: 'MEDIUM',
        before: apiCall(
          'dynamodb',
          'UpdateTable',
          `{"tableName":"ledger-${random.hex(6)}","sSESpecification":{"enabled":true,"sSEType":"KMS","kMSMasterKeyId":"${ofTable}"}}`,
        ),
        attack: rotation('Disable', ofTable),
      },
      {
        variant: 'key-of-a-log-group',
        description: 'rotation of a key that encrypts a log group is switched off',
        severity: 'MEDIUM',
        before: apiCall('logs', 'AssociateKmsKey', `{"logGroupName":"/app/ledger","kmsKeyId":"${ofLogs}"}`),
        attack: rotation('Disable', ofLogs),
      },
      {
        variant: 'key-of-unknown-use',
        description: 'rotation of a key of unknown use is switched off',
        severity: 'LOW',
        attack: rotation('Disable', unknown),
      },
    ],
    [
      ['rotation switched on', 'it protects', rotation('Enable', random.uuid())],
      ['a shorter period', 'it protects', rotation('Enable', random.uuid(), ',"rotationPeriodInDays":90')],
      [
        'a new key',
        'its rotation was never on',
        apiCall('kms', 'CreateKey', '{"keySpec":"SYMMETRIC_DEFAULT"}', {
          response: `{"keyMetadata":{"keyId":"${fresh}"}}`,
        }),
      ],
      ['a new key told so again', 'nothing is taken away', rotation('Disable', fresh)],
      ['a refused switch', 'nothing changed: LOW', rotation('Disable', random.uuid()), 'AccessDenied'],
    ],
  );
}
