// Access logs of every place: those of two of its buckets, filed by the day of their events or by their delivery, and those of a load balancer.
// Keys: https://docs.aws.amazon.com/AmazonS3/latest/userguide/ServerLogs.html and
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-access-logs.html

import { albLine, balancerOf, canonicalId, s3Line } from './access-lines.ts';
import { type Place, TLS_12, TLS_13 } from './actors.ts';
import { hostIn, publicNetwork } from './address-facts.ts';
import type { ArchiveWriter } from './archive-writer.ts';
import { BROWSER_AGENT } from './cast.ts';
import { DAY_MS, HOUR_MS, isoDate, isoSeconds, keyDate, keyStamp, MINUTE_MS } from './clock.ts';
import type { PlantBook, PlantedAccessLine } from './plants.ts';
import { createRandom, type Random } from './prng.ts';
import type { ArchiveCounts } from './truth.ts';

export interface AccessLogOptions {
  readonly seed: string;
  readonly startMs: number;
  readonly days: number;
  readonly places: readonly Place[];
  readonly plants: PlantBook;
  /** About how many lines, beside the planted ones. */
  readonly records: number;
  readonly writer: ArchiveWriter;
  readonly counts: ArchiveCounts;
}

/** S3 collects for some hours. */
const S3_FILE_MS = 8 * HOUR_MS;
/** A load balancer writes every five minutes, and nothing when nobody came: traffic comes in a few of them. */
const ALB_FILE_MS = 5 * MINUTE_MS;
const ALB_FILES_A_DAY = 4;

interface Line {
  readonly timeMs: number;
  readonly text: string;
  readonly planted: PlantedAccessLine | null;
}

/** Where access logs of a place can be: bucket, or load balancer. */
export function loggedBuckets(place: Place): readonly string[] {
  return place.buckets.slice(0, 2);
}

export async function writeAccessLogs(options: AccessLogOptions): Promise<void> {
  const shares = options.places.reduce((sum, place) => sum + place.share, 0);
  for (const place of options.places) {
    const random = createRandom(`${options.seed}/access-logs/${place.account}/${place.region}`);
    const lines = Math.round((options.records * place.share) / shares / options.days);
    for (let day = 0; day < options.days; day++) {
      const dayMs = options.startMs + day * DAY_MS;
      for (const bucket of loggedBuckets(place)) {
        const isByDay = bucket === place.buckets[0];
        await writeS3Day(options, place, bucket, dayMs, Math.ceil(lines / 4), isByDay, random);
      }
      await writeAlbDay(options, place, dayMs, Math.ceil(lines / 2), random);
    }
  }
}

async function writeS3Day(
  options: AccessLogOptions,
  place: Place,
  bucket: string,
  dayMs: number,
  count: number,
  isByDay: boolean,
  random: Random,
): Promise<void> {
  const lines: Line[] = planted(options, place, bucket, dayMs);
  for (let i = 0; i < count; i++) {
    const timeMs = dayMs + random.below(DAY_MS);
    lines.push({ timeMs, text: s3Traffic(place, bucket, timeMs, random), planted: null });
  }
  for (let fromMs = dayMs; fromMs < dayMs + DAY_MS; fromMs += S3_FILE_MS) {
    const unique = random.text('0123456789ABCDEF', 16);
    const deliveredMs = fromMs + S3_FILE_MS + random.below(HOUR_MS);
    const stamp = isoSeconds(deliveredMs).slice(0, 19).replaceAll(/[T:]/g, '-');
    const key = isByDay
      ? `access/${place.account}/${place.region}/${bucket}/${keyDate(dayMs)}/${isoDate(dayMs)}-00-00-00-${unique}`
      : `access/${bucket}/${stamp}-${unique}`;
    const text = numbered(options, key, lines, fromMs, fromMs + S3_FILE_MS);
    if (text !== '') await options.writer.writePlain(key, text);
  }
}

async function writeAlbDay(
  options: AccessLogOptions,
  place: Place,
  dayMs: number,
  count: number,
  random: Random,
): Promise<void> {
  const { id } = balancerOf(place);
  const lines: Line[] = planted(options, place, id, dayMs);
  const files = Array.from(
    { length: ALB_FILES_A_DAY },
    () => dayMs + random.below(DAY_MS / ALB_FILE_MS) * ALB_FILE_MS,
  );
  for (let i = 0; i < count; i++) {
    const timeMs = random.pick(files) + random.below(ALB_FILE_MS);
    lines.push({ timeMs, text: albTraffic(place, timeMs, random), planted: null });
  }
  const starts = new Set(lines.map(({ timeMs }) => Math.floor(timeMs / ALB_FILE_MS) * ALB_FILE_MS));
  const { account, region } = place;
  for (const fromMs of [...starts].sort((a, b) => a - b)) {
    const endMs = fromMs + ALB_FILE_MS;
    const name = `${account}_elasticloadbalancing_${region}_app.${id.replace('/', '.')}_${keyStamp(endMs)}_${hostIn(publicNetwork(random), random)}_${random.hex(8)}`;
    const key = `AWSLogs/${account}/elasticloadbalancing/${region}/${keyDate(endMs)}/${name}.log.gz`;
    const text = numbered(options, key, lines, fromMs, endMs);
    if (text !== '') await options.writer.write(key, text);
  }
}

function planted(options: AccessLogOptions, place: Place, log: string, dayMs: number): Line[] {
  return options.plants.accessLines
    .filter(
      (line) =>
        line.log === log &&
        line.account === place.account &&
        line.region === place.region &&
        line.timeMs >= dayMs &&
        line.timeMs < dayMs + DAY_MS,
    )
    .map((line) => ({ timeMs: line.timeMs, text: line.text, planted: line }));
}

/** The lines of a file, and their numbers to those who asked for them. */
function numbered(
  { counts }: AccessLogOptions,
  key: string,
  lines: readonly Line[],
  fromMs: number,
  toMs: number,
): string {
  const own = lines.filter(({ timeMs }) => timeMs >= fromMs && timeMs < toMs);
  own.sort((a, b) => a.timeMs - b.timeMs);
  for (const [index, { planted: plant }] of own.entries()) plant?.proof?.locators.push(`${key}#${index + 1}`);
  counts.accessLines += own.length;
  return own.map(({ text }) => `${text}\n`).join('');
}

/** What S3 sees on an ordinary day: most of it over TLS, and over plain HTTP only what is nobody's, or AWS's own. */
function s3Traffic(place: Place, bucket: string, timeMs: number, random: Random): string {
  const { account } = place;
  const workload = random.pick(place.workloads);
  const outside = hostIn(publicNetwork(random), random);
  const key = `img/${random.hex(6)}.png`;
  const common = { place, bucket, timeMs, key };
  const session = `arn:aws:sts::${account}:assumed-role/${workload.roleName}/i-0${random.hex(16)}`;
  const ownAddress = `${place.privatePrefix}.1.${random.between(4, 250)}`;
  const odd = random.below(20);
  if (odd === 0) {
    const requester = '-';
    return s3Line(
      {
        ...common,
        requester,
        signed: '-',
        address: outside,
        operation: 'WEBSITE.GET.OBJECT',
        userAgent: BROWSER_AGENT,
        tls: null,
        host: `${bucket}.s3-website-${place.region}.amazonaws.com`,
      },
      random,
    );
  }
  if (odd === 1) {
    return s3Line(
      {
        ...common,
        requester: '-',
        signed: '-',
        address: outside,
        operation: 'REST.GET.OBJECT',
        userAgent: BROWSER_AGENT,
        tls: null,
      },
      random,
    );
  }
  if (odd === 2) {
    return s3Line(
      {
        ...common,
        requester: 'AmazonS3',
        signed: '-',
        address: '-',
        operation: 'S3.EXPIRE.OBJECT',
        userAgent: '-',
        tls: null,
        host: '-',
      },
      random,
    );
  }
  if (odd === 3) {
    return s3Line(
      {
        ...common,
        requester: 'svc:cloudfront.amazonaws.com',
        address: outside,
        operation: 'REST.GET.OBJECT',
        userAgent: 'Amazon CloudFront',
        tls: null,
      },
      random,
    );
  }
  if (odd === 4) {
    return s3Line(
      {
        ...common,
        requester: session,
        address: ownAddress,
        operation: 'REST.COPY.OBJECT_GET',
        userAgent: workload.userAgent,
        tls: null,
      },
      random,
    );
  }
  if (odd === 5) {
    const user = random.pick(place.users);
    // S3 writes X in place of a signature.
    const query = `?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Expires=600&X-Amz-Signature=${'X'.repeat(32)}`;
    return s3Line(
      {
        ...common,
        query,
        requester: `arn:aws:iam::${account}:user/${user.name}`,
        signed: 'QueryString',
        address: user.office,
        operation: 'REST.GET.OBJECT',
        userAgent: 'x" - - "Mozilla/5.0',
        tls: TLS_13,
      },
      random,
    );
  }
  if (odd === 6) {
    return s3Line(
      {
        ...common,
        requester: canonicalId(account),
        address: outside,
        operation: 'REST.PUT.OBJECT',
        userAgent: BROWSER_AGENT,
        tls: TLS_12,
      },
      random,
    );
  }
  const operation = random.pick([
    'REST.GET.OBJECT',
    'REST.GET.OBJECT',
    'REST.PUT.OBJECT',
    'REST.HEAD.OBJECT',
  ]);
  return s3Line(
    {
      ...common,
      requester: session,
      address: ownAddress,
      operation,
      userAgent: workload.userAgent,
      tls: workload.tls,
    },
    random,
  );
}

/** A listener without TLS that sends everybody on, and some pages behind it. */
function albTraffic(place: Place, timeMs: number, random: Random): string {
  const { id: balancer, host } = balancerOf(place);
  const address = hostIn(publicNetwork(random), random);
  const common = { place, balancer, timeMs, address, host, userAgent: BROWSER_AGENT };
  const path = `/v1/files/${random.below(9000)}?page=${random.below(9)}`;
  if (random.chance(0.15))
    return albLine({ ...common, type: 'http', path, status: 301, action: 'redirect', tls: null }, random);
  if (random.chance(0.05)) return albLine({ ...common, type: 'http', path: '/health', tls: null }, random);
  return albLine(
    { ...common, type: random.pick(['https', 'h2']), path, tls: random.chance(0.6) ? TLS_13 : TLS_12 },
    random,
  );
}
