// POL-04: KMS keys that are switched off or set to be deleted.

import { hostIn, publicNetwork } from '../address-facts.ts';
import type { ApiCall } from '../api-calls.ts';
import { MINUTE_MS } from '../clock.ts';
import { type AttackContext, apiCall, newUser, pickPlace, pickTime, plantCall } from './context.ts';
import { plantFromOutside } from './policy.ts';

function keyCall(name: string, keyId: string, more = ''): ApiCall {
  return apiCall('kms', name, `{"keyId":"${keyId}"${more}}`);
}
const window = (days: number): string => `,"pendingWindowInDays":${days}`;

export function plantKeyLosses(context: AttackContext): void {
  const { random } = context;
  const losses: readonly (readonly [string, 'CRITICAL' | 'HIGH', string, () => ApiCall])[] = [
    [
      'shortest-window',
      'CRITICAL',
      'a key is to be deleted in seven days',
      () => keyCall('ScheduleKeyDeletion', random.uuid(), window(7)),
    ],
    [
      'long-window',
      'HIGH',
      'a key is to be deleted in thirty days',
      () => keyCall('ScheduleKeyDeletion', random.uuid(), window(30)),
    ],
    ['disabled', 'HIGH', 'a key is disabled', () => keyCall('DisableKey', random.uuid())],
    [
      'material-deleted',
      'HIGH',
      'imported key material is deleted',
      () => keyCall('DeleteImportedKeyMaterial', random.uuid()),
    ],
    [
      'key-store-deleted',
      'HIGH',
      'a custom key store is deleted',
      () => apiCall('kms', 'DeleteCustomKeyStore', `{"customKeyStoreId":"cks-${random.hex(17)}"}`),
    ],
  ];
  for (const [variant, severity, description, make] of losses) {
    plantFromOutside(context, 'POL-04', 'key-admin', variant, description, make, severity);
  }
  const place = pickPlace(context);
  const caller = newUser(context, place.account, 'key-admin');
  const address = hostIn(publicNetwork(random), random);
  const startMs = pickTime(context);
  const harmless: readonly (readonly [string, string, ApiCall, string?])[] = [
    ['CancelKeyDeletion', 'it saves a key', keyCall('CancelKeyDeletion', random.uuid())],
    ['EnableKey', 'it brings a key back', keyCall('EnableKey', random.uuid())],
    [
      'ScheduleKeyDeletion that was refused',
      'nothing changed: LOW',
      keyCall('ScheduleKeyDeletion', random.uuid(), window(7)),
      'AccessDenied',
    ],
  ];
  for (const [minute, [what, why, call, errorCode]] of harmless.entries()) {
    plantCall(context, context.plants.benign(what, why), {
      place,
      caller,
      address,
      call,
      timeMs: startMs + minute * MINUTE_MS,
      ...(errorCode === undefined ? {} : { errorCode, errorMessage: 'not allowed' }),
    });
  }
}
