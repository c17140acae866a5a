// TLS-04: clients with a history of good TLS that have less of it one day.

import { TLS_12, TLS_13, type Tls } from '../actors.ts';
import { hostIn, publicNetwork } from '../address-facts.ts';
import { GET_ITEM, PUT_ITEM, QUERY } from '../api-calls.ts';
import { fullTls, partialTls, serviceHost } from '../call-record.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../clock.ts';
import type { RuleId } from '../truth.ts';
import { type AttackContext, newRoleSession, newUser, type Principal, plantCall } from './context.ts';

const HISTORY_CALLS = 60;
const HISTORY_MS = 20 * HOUR_MS;

interface Variant {
  readonly name: string;
  readonly description: string;
  readonly severity: 'HIGH' | 'MEDIUM';
  readonly before: Tls;
  /** '' for a host header alone. */
  readonly after: Tls | '';
  readonly calls: number;
  readonly isNewNetwork: boolean;
  readonly byUser: boolean;
  /** Rules that look at what is left, whatever was before. */
  readonly alsoExpected: readonly RuleId[];
}

const VARIANTS: readonly Variant[] = [
  {
    name: 'another-program-elsewhere',
    description: 'a user’s key is used once with TLS 1.2 from a network of its own, after a day of TLS 1.3',
    severity: 'MEDIUM',
    before: TLS_13,
    after: TLS_12,
    calls: 1,
    isNewNetwork: true,
    byUser: true,
    alsoExpected: [],
  },
  {
    name: 'pushed-down-on-the-way',
    description: 'a role’s calls fall from TLS 1.3 to 1.2, from the address it always had',
    severity: 'MEDIUM',
    before: TLS_13,
    after: TLS_12,
    calls: 5,
    isNewNetwork: false,
    byUser: false,
    alsoExpected: [],
  },
  {
    name: 'no-forward-secrecy',
    description: 'a role’s calls fall from ephemeral keys to RSA key exchange',
    severity: 'MEDIUM',
    before: TLS_12,
    after: { version: 'TLSv1.2', cipher: 'AES128-GCM-SHA256' },
    calls: 4,
    isNewNetwork: false,
    byUser: false,
    alsoExpected: ['TLS-03'],
  },
  {
    name: 'down-to-tls-1.1',
    description: 'a user’s calls fall from TLS 1.2 to 1.1',
    severity: 'HIGH',
    before: TLS_12,
    after: { version: 'TLSv1.1', cipher: 'ECDHE-RSA-AES128-SHA' },
    calls: 3,
    isNewNetwork: false,
    byUser: true,
    alsoExpected: ['TLS-02'],
  },
  {
    name: 'down-to-none',
    description: 'a role’s calls fall from TLS 1.3 to a host header without TLS details',
    severity: 'HIGH',
    before: TLS_13,
    after: '',
    calls: 4,
    isNewNetwork: true,
    byUser: false,
    alsoExpected: ['TLS-01'],
  },
];

export function plantDowngradedClients(context: AttackContext): void {
  const { random, plants } = context;
  // A day of history, and a day to be judged by it.
  if (context.days < 2) return;
  const place = context.places[0]!;
  for (const variant of VARIANTS) {
    const caller = knownCaller(context, variant.byUser);
    const address = hostIn(publicNetwork(random), random);
    plantHistory(context, caller, variant.before, address);
    const proof = plants.attack({
      rule: 'TLS-04',
      minimumSeverity: variant.severity,
      variant: variant.name,
      description: variant.description,
      alsoExpected: variant.alsoExpected,
      principal: caller.principal,
      account: place.account,
      region: place.region,
    });
    const { after } = variant;
    const host = serviceHost('dynamodb', place.region);
    const startMs = pickLaterTime(context);
    const from = variant.isNewNetwork ? hostIn(publicNetwork(random), random) : address;
    for (let i = 0; i < variant.calls; i++) {
      plantCall(context, proof, {
        place,
        caller,
        address: from,
        tls: after === '' ? partialTls(host) : fullTls(after, host),
        timeMs: startMs + i * MINUTE_MS,
        call: random.pick([GET_ITEM, QUERY]),
      });
    }
  }
  plantOtherEndpoint(context);
  plantUpgrade(context);
  plantMixedClient(context);
}

function knownCaller(context: AttackContext, byUser: boolean): Principal {
  const { account } = context.places[0]!;
  if (byUser) return newUser(context, account, 'ledger');
  return newRoleSession(
    context,
    account,
    { roleName: `ledger-api-${context.random.hex(4)}` },
    context.startMs + HOUR_MS,
  );
}

function pickLaterTime(context: AttackContext): number {
  const laterMs = (context.days - 1) * DAY_MS - 2 * HOUR_MS;
  return context.startMs + DAY_MS + HOUR_MS + context.random.below(laterMs);
}

function plantHistory(context: AttackContext, caller: Principal, tls: Tls, address: string): void {
  const { random } = context;
  const place = context.places[0]!;
  for (let i = 0; i < HISTORY_CALLS; i++) {
    plantCall(context, null, {
      place,
      caller,
      address,
      tls: fullTls(tls, serviceHost('dynamodb', place.region)),
      timeMs: context.startMs + HOUR_MS + random.below(HISTORY_MS),
      call: random.pick([GET_ITEM, QUERY, PUT_ITEM]),
      byVictim: true,
    });
  }
}

/** The FIPS endpoint agrees on other versions: another server’s choice. */
function plantOtherEndpoint(context: AttackContext): void {
  const place = context.places[0]!;
  plantLater(
    context,
    'a known client that moves to the FIPS endpoint and agrees on TLS 1.2 there',
    'another endpoint is another server: what it agrees on is no step down of the client',
    TLS_13,
    fullTls(TLS_12, `dynamodb-fips.${place.region}.amazonaws.com`),
  );
}

function plantUpgrade(context: AttackContext): void {
  const place = context.places[0]!;
  plantLater(
    context,
    'a known client whose TLS goes up with its runtime',
    'TLS 1.3 after 1.2 is no step down',
    TLS_12,
    fullTls(TLS_13, serviceHost('dynamodb', place.region)),
  );
}

function plantLater(
  context: AttackContext,
  description: string,
  why: string,
  before: Tls,
  tls: string,
): void {
  const { random } = context;
  const place = context.places[0]!;
  const caller = knownCaller(context, false);
  const address = hostIn(publicNetwork(random), random);
  plantHistory(context, caller, before, address);
  const proof = context.plants.benign(description, why);
  const startMs = pickLaterTime(context);
  const from = hostIn(publicNetwork(random), random);
  for (let i = 0; i < 6; i++) {
    plantCall(context, proof, {
      place,
      caller,
      address: from,
      tls,
      timeMs: startMs + i * MINUTE_MS,
      call: GET_ITEM,
      byVictim: true,
    });
  }
}

/** One call in ten had TLS 1.2 before: that is how this client is. */
function plantMixedClient(context: AttackContext): void {
  const { random } = context;
  const place = context.places[0]!;
  const caller = knownCaller(context, true);
  const host = serviceHost('dynamodb', place.region);
  const proof = context.plants.benign(
    'a client that has TLS 1.2 in every tenth call, and does once more from another network',
    'a client of mixed TLS is not brought down',
  );
  const address = hostIn(publicNetwork(random), random);
  for (let i = 0; i < HISTORY_CALLS; i++) {
    plantCall(context, proof, {
      place,
      caller,
      address,
      tls: fullTls(i % 10 === 0 ? TLS_12 : TLS_13, host),
      timeMs: context.startMs + HOUR_MS + random.below(HISTORY_MS),
      call: GET_ITEM,
      byVictim: true,
    });
  }
  plantCall(context, proof, {
    place,
    caller,
    address: hostIn(publicNetwork(random), random),
    tls: fullTls(TLS_12, host),
    timeMs: pickLaterTime(context),
    call: GET_ITEM,
    byVictim: true,
  });
}
