// SEC-22: items whose keys say who somebody is, in the data events of a table of its own.

import { hostIn, publicNetwork } from '../address-facts.ts';
import { cardNumber } from '../card-numbers.ts';
import { MINUTE_MS } from '../clock.ts';
import type { Random } from '../prng.ts';
import { type AttackContext, apiCall, newRoleSession, pickPlace, pickTime, plantCall } from './context.ts';

interface Variant {
  readonly name: string;
  readonly description: string;
  readonly table: string;
  readonly action: string;
  readonly readOnly: boolean;
  parameters(table: string, random: Random): string;
  readonly calls: number;
}

const letters = (random: Random, length: number): string => random.text('abcdefghijklmnoprstuvwz', length);
const address = (random: Random): string =>
  `${letters(random, 4)}.${letters(random, 7)}@${letters(random, 9)}.${random.pick(['de', 'com', 'co.uk', 'fr'])}`;
const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

const VARIANTS: readonly Variant[] = [
  {
    name: 'address-as-key',
    description: 'customers by their e-mail address',
    table: 'customers-by-address',
    action: 'GetItem',
    readOnly: true,
    calls: 12,
    parameters: (table, random) =>
      JSON.stringify({ tableName: table, key: { email: address(random) }, consistentRead: false }),
  },
  {
    name: 'address-in-composite-key',
    description: 'a single-table design with USER#address, in a batch',
    table: 'app-single-table',
    action: 'BatchGetItem',
    readOnly: true,
    calls: 3,
    parameters: (table, random) =>
      JSON.stringify({
        requestItems: [
          { tableName: table, key: { pk: `USER#${address(random)}`, sk: 'PROFILE' } },
          { tableName: table, key: { pk: `ORDER#${random.uuid()}`, sk: 'HEAD' } },
        ],
      }),
  },
  {
    name: 'card-as-key',
    description: 'payments by card number, written in a transaction',
    table: 'payments-by-card',
    action: 'TransactWriteItems',
    readOnly: false,
    calls: 2,
    parameters: (table, random) =>
      JSON.stringify({
        transactItems: [
          {
            operation: 'Put',
            tableName: table,
            key: { cardNumber: cardNumber(random).digits },
            items: ['cardNumber', 'amount'],
          },
        ],
      }),
  },
  {
    name: 'token-as-key',
    description: 'sessions by their JSON Web Token',
    table: 'sessions-by-token',
    action: 'DeleteItem',
    readOnly: false,
    calls: 2,
    parameters: (table, random) =>
      JSON.stringify({
        tableName: table,
        key: {
          token: `${part({ alg: 'RS256', typ: 'JWT' })}.${part({ sub: random.uuid(), iat: random.below(2 ** 31) })}.${random.text('ABCDEFGHIJKLMNOPabcdefghijklmnop0123456789_-', 86)}`,
        },
      }),
  },
  {
    name: 'phone-in-partiql',
    description: 'contacts by their phone number, in PartiQL',
    table: 'contacts-by-phone',
    action: 'ExecuteStatement',
    readOnly: false,
    calls: 1,
    parameters: (table, random) =>
      JSON.stringify({
        statement: `SELECT * FROM "${table}" WHERE "phone" = '+4915${random.text('0123456789', 9)}'`,
      }),
  },
];

export function plantPersonalKeys(context: AttackContext): void {
  const { random, plants } = context;
  for (const variant of VARIANTS) {
    const place = pickPlace(context);
    const timeMs = pickTime(context);
    const caller = newRoleSession(context, place.account, { roleName: `crm-${random.hex(4)}` }, timeMs);
    const home = hostIn(publicNetwork(random), random);
    const proof = plants.attack({
      rule: 'SEC-22',
      minimumSeverity: 'MEDIUM',
      variant: variant.name,
      description: variant.description,
      account: place.account,
      region: place.region,
      ...(variant.name === 'token-as-key' ? { alsoExpected: ['SEC-08'] } : {}),
      ...(variant.name === 'card-as-key' ? { alsoExpected: ['SEC-17'] } : {}),
    });
    const table = `${variant.table}-${random.hex(4)}`;
    for (let at = 0; at < variant.calls; at++) {
      plantCall(context, proof, {
        place,
        caller,
        timeMs: timeMs + at * MINUTE_MS,
        address: home,
        call: apiCall('dynamodb', variant.action, variant.parameters(table, random), {
          readOnly: variant.readOnly,
          data: true,
        }),
      });
    }
  }
}
