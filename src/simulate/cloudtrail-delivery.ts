// How CloudTrail delivers: about 53 records an object, in no order, minutes late, a few hours late, a few twice.
// Figures measured on 2,900 real records: stamp minus event time 3 s to 594 s, half above 201 s; 22 % of neighbours out of order.

import type { Place } from './actors.ts';
import type { ArchiveWriter } from './archive-writer.ts';
import { HOUR_MS, isoSeconds, keyDate, keyStamp, MINUTE_MS, SECOND_MS } from './clock.ts';
import { SLOT_MS } from './cloudtrail-traffic.ts';
import type { Delivery, Proof } from './plants.ts';
import { createRandom } from './prng.ts';
import type { ArchiveCounts } from './truth.ts';

export interface DeliveredCall {
  readonly timeMs: number;
  readonly text: string;
  readonly proof: Proof | null;
  readonly delivery?: Delivery;
}

export interface CloudTrailDelivery {
  /** Takes the calls of one slot, in time order of slots, and writes the objects that are due. */
  deliver(slotStartMs: number, calls: readonly DeliveredCall[]): Promise<void>;
  /** Writes what is still held back. */
  finish(): Promise<void>;
}

const KEY_LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const RECORDS_PER_OBJECT = 53;
const MOST_RECORDS_PER_OBJECT = 66;
const DUPLICATE_SHARE = 0.05;
/** Delivered again when a notice got lost: at once or within two hours. */
const DUPLICATE_DELAY_MS = 2 * HOUR_MS;
/** Some hours late; most of them by less than six. */
const LATE_SHARE = 0.004;
const VERY_LATE_SHARE = 0.25;
const LATE_MS = 6 * HOUR_MS;
/** Below the 24 h after which an archive's reader may leave a record out of its windows. */
const LATEST_MS = 20 * HOUR_MS;
const LEAST_LATENESS_MS = 3 * SECOND_MS;

/** Real digests come every hour; a few are enough to be skipped. */
const DIGEST_EVERY_MS = 6 * HOUR_MS;

interface Held {
  readonly dueMs: number;
  readonly call: DeliveredCall;
}

export function createCloudTrailDelivery(
  { account, region, logging }: Place,
  seed: string,
  writer: ArchiveWriter,
  counts: ArchiveCounts,
): CloudTrailDelivery {
  const random = createRandom(`${seed}/delivery/${account}/${region}`);
  let held: Held[] = [];
  let lastSlotMs = 0;
  let lastDigestMs = 0;

  /** Of two copies that are due at once only one: the other comes with a later object. */
  function dueBy(timeMs: number): Held[] {
    const calls = new Set<DeliveredCall>();
    return held.filter((item) => {
      if (item.dueMs > timeMs || calls.has(item.call)) return false;
      calls.add(item.call);
      return true;
    });
  }
  function release(due: readonly Held[]): void {
    const gone = new Set(due);
    held = held.filter((item) => !gone.has(item));
  }

  async function writeObject(calls: readonly DeliveredCall[], stampMs: number): Promise<void> {
    const unique = random.text(KEY_LETTERS, 16);
    const key = `AWSLogs/${account}/CloudTrail/${region}/${keyDate(stampMs)}/${account}_CloudTrail_${region}_${keyStamp(stampMs)}_${unique}.json.gz`;
    const texts: string[] = [];
    for (const call of calls) {
      texts.push(call.text);
      call.proof?.locators.push(`${key}#${texts.length}`);
    }
    await writer.write(key, `{"Records":[${texts.join(',')}]}`);
  }

  async function writeObjects(calls: DeliveredCall[], slotEndMs: number): Promise<void> {
    random.shuffle(calls);
    const objects = Math.max(1, Math.round(calls.length / RECORDS_PER_OBJECT));
    const size = Math.min(MOST_RECORDS_PER_OBJECT, Math.ceil(calls.length / objects));
    for (let start = 0; start < calls.length; start += size) {
      const part = calls.slice(start, start + size);
      const newest = part.reduce((latest, call) => Math.max(latest, call.timeMs), 0);
      let stampMs = slotEndMs + lagOf(random.float());
      while (stampMs - newest < LEAST_LATENESS_MS) stampMs += MINUTE_MS;
      await writeObject(part, stampMs);
    }
  }

  async function writeDigest(slotEndMs: number): Promise<void> {
    const end = isoSeconds(slotEndMs).replaceAll(/[-:]/g, '');
    const key = `AWSLogs/${account}/CloudTrail-Digest/${region}/${keyDate(slotEndMs)}/${account}_CloudTrail-Digest_${region}_organization-trail_${region}_${end}.json.gz`;
    counts.digests += 1;
    await writer.write(
      key,
      `{"awsAccountId":"${account}","digestStartTime":"${isoSeconds(slotEndMs - HOUR_MS)}","digestEndTime":"${isoSeconds(slotEndMs)}","digestS3Bucket":"organization-trail-logs","digestS3Object":"${key}","digestPublicKeyFingerprint":"${random.hex(32)}","digestSignatureAlgorithm":"SHA256withRSA","newestEventTime":null,"oldestEventTime":null,"previousDigestS3Bucket":null,"previousDigestS3Object":null,"previousDigestHashValue":null,"previousDigestHashAlgorithm":null,"previousDigestSignature":null,"logFiles":[]}`,
    );
  }

  /** What Insights and the network activity of an endpoint look like: counted by a reader, judged by nobody. */
  async function writeInsight(slotEndMs: number): Promise<void> {
    const unique = random.text(KEY_LETTERS, 16);
    const key = `AWSLogs/${account}/CloudTrail-Insight/${region}/${keyDate(slotEndMs)}/${account}_CloudTrail-Insight_${region}_${keyStamp(slotEndMs)}_${unique}.json.gz`;
    const time = isoSeconds(slotEndMs - SLOT_MS);
    const insight = `{"eventVersion":"1.11","eventTime":"${time}","awsRegion":"${region}","eventID":"${random.uuid()}","eventType":"AwsCloudTrailInsight","recipientAccountId":"${account}","sharedEventID":"${random.uuid()}","insightDetails":{"state":"Start","eventSource":"dynamodb.amazonaws.com","eventName":"UpdateTable","insightType":"ApiCallRateInsight","insightContext":{"statistics":{"baseline":{"average":0.0020},"insight":{"average":6}}}},"eventCategory":"Insight"}`;
    const refused = `{"eventVersion":"1.09","userIdentity":{"type":"AWSAccount","principalId":"AIDAQRSTUVWXYZEXAMPLE","accountId":"${account}"},"eventTime":"${time}","eventSource":"dynamodb.amazonaws.com","eventName":"ListTables","awsRegion":"${region}","sourceIPAddress":"10.0.0.9","errorCode":"VpceAccessDenied","errorMessage":"The request was denied due to a VPC endpoint policy","requestID":"${random.uuid()}","eventID":"${random.uuid()}","eventType":"AwsVpceEvent","recipientAccountId":"${account}","sharedEventID":"${random.uuid()}","vpcEndpointId":"vpce-0${random.hex(16)}","vpcEndpointAccountId":"${account}","eventCategory":"NetworkActivity"}`;
    counts.insightEvents += 1;
    counts.networkActivityEvents += 1;
    await writer.write(key, `{"Records":[${insight},${refused}]}`);
  }

  return {
    async deliver(slotStartMs, calls) {
      const slotEndMs = slotStartMs + SLOT_MS;
      const now: DeliveredCall[] = [];
      for (const call of calls) {
        counts.calls += 1;
        if (random.chance(LATE_SHARE) || call.delivery === 'late') {
          counts.lateCalls += 1;
          const mostMs = random.chance(VERY_LATE_SHARE) && call.delivery === undefined ? LATEST_MS : LATE_MS;
          held.push({ dueMs: slotEndMs + HOUR_MS + random.below(mostMs - 2 * HOUR_MS), call });
        } else now.push(call);
        if (random.chance(DUPLICATE_SHARE) || call.delivery === 'twice') {
          counts.duplicateCalls += 1;
          held.push({ dueMs: slotEndMs + 1 + random.below(DUPLICATE_DELAY_MS), call });
        }
      }
      const due = dueBy(slotEndMs);
      // Quiet hours do not get an object for each straggler; one that waits too long does.
      if (now.length > 0 || due.some((item) => slotEndMs - item.call.timeMs > LATEST_MS)) {
        release(due);
        now.push(...due.map((item) => item.call));
        await writeObjects(now, slotEndMs);
      }
      // Whoever logs poorly has no digests either.
      if (logging.kind === 'complete' && slotEndMs - lastDigestMs >= DIGEST_EVERY_MS) {
        lastDigestMs = slotEndMs;
        await writeDigest(slotEndMs);
        await writeInsight(slotEndMs);
      }
      lastSlotMs = slotStartMs;
    },
    async finish() {
      for (let slotMs = lastSlotMs + SLOT_MS; held.length > 0; slotMs += HOUR_MS) {
        const slotEndMs = slotMs + SLOT_MS;
        const due = dueBy(slotEndMs);
        const waiting =
          due.length < held.length && due.every((item) => slotEndMs - item.call.timeMs < LATEST_MS);
        if (due.length === 0 || waiting) continue;
        release(due);
        await writeObjects(
          due.map((item) => item.call),
          slotEndMs,
        );
      }
    },
  };
}

/** 0 to 300 s on top of the wait for the slot's end: median lateness about 200 s, 95 % below 450 s. */
function lagOf(luck: number): number {
  if (luck < 0.38) return 0;
  if (luck < 0.7) return MINUTE_MS;
  if (luck < 0.88) return 2 * MINUTE_MS;
  if (luck < 0.96) return 3 * MINUTE_MS;
  return luck < 0.99 ? 4 * MINUTE_MS : 5 * MINUTE_MS - LEAST_LATENESS_MS;
}
