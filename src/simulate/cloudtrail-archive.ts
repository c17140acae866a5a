// The CloudTrail part of an archive: ordinary calls and planted ones, slot by slot, so that memory holds no more than the late ones.

import type { Place } from './actors.ts';
import { DAY_MS, HOUR_MS } from './clock.ts';
import { createCloudTrailDelivery, type DeliveredCall } from './cloudtrail-delivery.ts';
import { createPlaceTraffic, SLOT_MS } from './cloudtrail-traffic.ts';
import type { PlantedCall } from './plants.ts';
import { createRandom } from './prng.ts';
import type { TrafficOptions } from './traffic.ts';

/** Traffic comes in bursts when there is too little of it to fill an object every five minutes. */
const LEAST_CALLS_PER_SLOT = 53;

export async function writeCalls(options: TrafficOptions): Promise<void> {
  for (const place of options.places) await writePlace(options, place);
}

async function writePlace(options: TrafficOptions, place: Place): Promise<void> {
  const { seed, startMs, days, plants, writer, counts } = options;
  const traffic = createPlaceTraffic(place, seed);
  const delivery = createCloudTrailDelivery(place, seed, writer, counts);
  const random = createRandom(`${seed}/slots/${place.account}/${place.region}`);
  const planted = plantedBySlot(plants.calls, place);
  const slots = (days * DAY_MS) / SLOT_MS;
  const mean = (options.records * place.share) / slots;
  for (let slot = 0; slot < slots; slot++) {
    const slotStartMs = startMs + slot * SLOT_MS;
    const expected = mean * dayShape(slotStartMs);
    const active = expected >= LEAST_CALLS_PER_SLOT || random.chance(expected / LEAST_CALLS_PER_SLOT);
    const count = active ? random.poisson(Math.max(expected, LEAST_CALLS_PER_SLOT)) : 0;
    const calls: DeliveredCall[] =
      count === 0 ? [] : traffic.slot(slotStartMs, count).map((call) => ({ ...call, proof: null }));
    const extra = planted.get(slotStartMs);
    if (extra !== undefined) calls.push(...extra);
    await delivery.deliver(slotStartMs, calls);
  }
  await delivery.finish();
  for (const { what, why, eventIds } of traffic.benign) {
    if (eventIds.length > 0)
      plants.benign(`${what} (${place.account}, ${place.region})`, why).eventIds.push(...eventIds);
  }
}

function plantedBySlot(calls: readonly PlantedCall[], place: Place): Map<number, PlantedCall[]> {
  const slots = new Map<number, PlantedCall[]>();
  for (const call of calls) {
    if (call.account !== place.account || call.region !== place.region) continue;
    const slotStartMs = Math.floor(call.timeMs / SLOT_MS) * SLOT_MS;
    const slot = slots.get(slotStartMs);
    if (slot === undefined) slots.set(slotStartMs, [call]);
    else slot.push(call);
  }
  return slots;
}

/** Busier by day than by night, mean 1. */
function dayShape(timeMs: number): number {
  const hour = (timeMs % DAY_MS) / HOUR_MS;
  return 1 + 0.6 * Math.sin(((hour - 8) / 24) * 2 * Math.PI);
}
