// REP-01: one signature twice in the logs, where no retry and no chain of proxies explains it.

import { hostIn, publicNetwork } from '../address-facts.ts';
import { DAY_MS, isoMillis, MINUTE_MS, SECOND_MS } from '../clock.ts';
import type { Proof } from '../plants.ts';
import type { Random } from '../prng.ts';
import { type AttackContext, pickPlace, pickTime } from './context.ts';
import {
  jsonHeaderLine,
  presignedPath,
  type Sighting,
  type SignedRequest,
  signRequest,
  textHeaderLine,
} from './signed-requests.ts';

interface Variant {
  readonly name: string;
  readonly description: string;
  readonly afterMs: number;
  /** Where the second one is seen. */
  readonly group: 'same' | 'other';
  readonly source: 'same' | 'other';
  readonly form: 'json' | 'text';
}

const VARIANTS: readonly Variant[] = [
  {
    name: 'other-group-after-2s',
    description: 'the same signature in another log group after two seconds, other request id and address',
    afterMs: 2 * SECOND_MS,
    group: 'other',
    source: 'other',
    form: 'json',
  },
  {
    name: 'after-3-minutes',
    description: 'the same signature from another network after three minutes',
    afterMs: 3 * MINUTE_MS,
    group: 'same',
    source: 'other',
    form: 'json',
  },
  {
    name: 'text-lines',
    description: 'the same signature in text lines from another network after a minute',
    afterMs: MINUTE_MS,
    group: 'same',
    source: 'other',
    form: 'text',
  },
  {
    name: 'resent',
    description:
      'the same signature from the same address after ninety seconds: a client that resends without signing anew',
    afterMs: 90 * SECOND_MS,
    group: 'same',
    source: 'same',
    form: 'json',
  },
  {
    name: 'stale',
    description: 'the same signature twenty minutes later',
    afterMs: 20 * MINUTE_MS,
    group: 'same',
    source: 'other',
    form: 'json',
  },
];

function lineOf(form: Variant['form'], request: SignedRequest, seen: Sighting): string {
  return form === 'json' ? jsonHeaderLine(request, seen) : textHeaderLine(request, seen);
}

export function plantReplayedSignatures(context: AttackContext): void {
  for (const variant of VARIANTS) {
    const place = pickPlace(context);
    const firstMs = quietTime(context);
    const proof = context.plants.attack({
      rule: 'REP-01',
      minimumSeverity: 'MEDIUM',
      variant: variant.name,
      description: variant.description,
      account: place.account,
      region: place.region,
      alsoExpected: ['SEC-05'],
    });
    plantPair(context, proof, variant, firstMs, place);
  }
  plantPresignedUse(context);
  plantHopCopies(context);
}

/** Early enough in its day that the second sighting, twenty minutes later, lies in the same streams. */
function quietTime(context: AttackContext): number {
  const timeMs = pickTime(context);
  const toMidnight = DAY_MS - (timeMs % DAY_MS);
  return toMidnight < 30 * MINUTE_MS ? timeMs - 30 * MINUTE_MS : timeMs;
}

function plantPair(
  context: AttackContext,
  proof: Proof,
  variant: Variant,
  firstMs: number,
  place: { readonly account: string; readonly region: string },
): void {
  const { random, plants, logPlan } = context;
  const request = signRequest(random, place.account, place.region, firstMs - (firstMs % SECOND_MS));
  const [home, away] = differentNetworks(2, random) as [string, string];
  const first = { timeMs: firstMs, address: hostIn(home, random), requestId: random.hex(32) };
  const second = {
    timeMs: firstMs + variant.afterMs,
    address: variant.source === 'same' ? first.address : hostIn(away, random),
    requestId: random.hex(32),
  };
  const edge = logPlan.streamAt(firstMs, ['proxy'], random, '/ecs/edge-proxy');
  const other = logPlan.streamAt(firstMs, ['proxy'], random, '/ecs/origin-proxy');
  for (const [seen, stream] of [
    [first, edge],
    [second, variant.group === 'same' ? edge : other],
  ] as const) {
    plants.lines.push({
      timeMs: seen.timeMs,
      group: stream.group.name,
      stream: stream.stream,
      message: lineOf(variant.form, request, seen),
      proof,
    });
  }
}

/**
 * Presigned URLs are made to be handed on: a read from a second network is everyday life (a leaked URL in a log all the same, SEC-06),
 * a write from a second network and reads from a third and fourth are not.
 */
function plantPresignedUse(context: AttackContext): void {
  const { random, plants, logPlan } = context;
  const uses = [
    ['presigned-write', 'PUT', 2, 'a presigned upload used from a second network'],
    ['presigned-read-by-many', 'GET', 4, 'a presigned download used from four networks'],
    [
      'presigned-read-by-two',
      'GET',
      2,
      'a presigned download used from two networks: a leaked URL, no replay',
    ],
  ] as const;
  for (const [variant, method, networks, description] of uses) {
    const place = pickPlace(context);
    const firstMs = quietTime(context);
    const request = signRequest(random, place.account, place.region, firstMs - (firstMs % SECOND_MS));
    const quiet = variant === 'presigned-read-by-two';
    const proof = plants.attack({
      rule: quiet ? 'SEC-06' : 'REP-01',
      minimumSeverity: 'MEDIUM',
      variant,
      description,
      account: place.account,
      region: place.region,
      alsoExpected: quiet ? [] : ['SEC-06'],
    });
    const stream = logPlan.streamAt(firstMs, ['proxy'], random, '/ecs/edge-proxy');
    for (const [i, network] of differentNetworks(networks, random).entries()) {
      const timeMs = firstMs + i * 4 * MINUTE_MS;
      plants.lines.push({
        timeMs,
        group: stream.group.name,
        stream: stream.stream,
        proof,
        message: JSON.stringify({
          time: isoMillis(timeMs),
          remote_addr: hostIn(network, random),
          request_id: random.hex(32),
          method,
          uri: presignedPath(request, 'exports-archive', 'month-end.csv', 3600),
          status: 200,
        }),
      });
    }
  }
}

function differentNetworks(count: number, random: Random): readonly string[] {
  const networks = new Set<string>();
  while (networks.size < count) networks.add(publicNetwork(random));
  return [...networks];
}

/**
 * One request on its way through two proxies: two groups, half a second apart, one request id. No replay; but the header should not
 * stand in a log at all, which is SEC-05.
 */
function plantHopCopies(context: AttackContext): void {
  const { random, plants, logPlan } = context;
  const place = pickPlace(context);
  const firstMs = quietTime(context);
  const request = signRequest(random, place.account, place.region, firstMs - (firstMs % SECOND_MS));
  const proof = plants.attack({
    rule: 'SEC-05',
    minimumSeverity: 'MEDIUM',
    variant: 'hop-copies',
    account: place.account,
    region: place.region,
    description:
      'one signed request logged by two proxies in a row, with one request id: a leaked header, no replay',
  });
  const requestId = random.hex(32);
  const address = hostIn(publicNetwork(random), random);
  for (const [name, delay] of [
    ['/ecs/edge-proxy', 0],
    ['/ecs/origin-proxy', 400],
  ] as const) {
    const stream = logPlan.streamAt(firstMs, ['proxy'], random, name);
    plants.lines.push({
      timeMs: firstMs + delay,
      group: stream.group.name,
      stream: stream.stream,
      proof,
      message: jsonHeaderLine(request, { timeMs: firstMs + delay, address, requestId }),
    });
  }
}
