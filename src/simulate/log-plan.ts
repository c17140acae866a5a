// Which log groups there are, and which streams they have on which day: attacks need to know before the logs are written.

import { DAY_MS, isoDate } from './clock.ts';
import { createRandom, type Random } from './prng.ts';

export type LogKind = 'uvicorn' | 'gunicorn' | 'lambda' | 'boto' | 'proxy' | 'node';

interface LogGroup {
  readonly name: string;
  readonly kind: LogKind;
  /** Share of all messages. */
  readonly share: number;
}

const LOG_GROUPS: readonly LogGroup[] = [
  { name: '/ecs/orders-fastapi', kind: 'uvicorn', share: 0.24 },
  { name: '/ecs/shop-django', kind: 'gunicorn', share: 0.2 },
  { name: '/aws/lambda/orders-worker', kind: 'lambda', share: 0.16 },
  { name: '/aws/lambda/thumbnailer', kind: 'lambda', share: 0.08 },
  { name: '/ecs/batch-boto', kind: 'boto', share: 0.12 },
  { name: '/ecs/edge-proxy', kind: 'proxy', share: 0.1 },
  { name: '/ecs/origin-proxy', kind: 'proxy', share: 0.02 },
  { name: '/ecs/session-node', kind: 'node', share: 0.08 },
];

export interface LogStreamPlan {
  readonly group: LogGroup;
  readonly stream: string;
  readonly dayStartMs: number;
  /** Share of the group's messages of that day. */
  readonly share: number;
}

export interface LogPlan {
  readonly streams: readonly LogStreamPlan[];
  /** One stream of a group of that kind (and name, where given) on the day of `timeMs`. */
  streamAt(timeMs: number, kinds: readonly LogKind[], random: Random, name?: string): LogStreamPlan;
  /** Export tasks take one group for one day. */
  exportTask(stream: LogStreamPlan): string;
}

export function createLogPlan(seed: string, startMs: number, days: number): LogPlan {
  const random = createRandom(`${seed}/log-plan`);
  const streams: LogStreamPlan[] = [];
  const tasks = new Map<string, string>();
  for (let day = 0; day < days; day++) {
    const dayStartMs = startMs + day * DAY_MS;
    for (const group of LOG_GROUPS) {
      tasks.set(`${group.name}/${dayStartMs}`, random.uuid());
      const count = group.kind === 'lambda' ? 3 : 2;
      for (let i = 0; i < count; i++) {
        // An export writes the slashes of a stream's name as hyphens.
        const stream =
          group.kind === 'lambda'
            ? `${isoDate(dayStartMs)}-[$LATEST]${random.hex(32)}`
            : `web-app-${random.hex(32)}`;
        streams.push({ group, stream, dayStartMs, share: 1 / count });
      }
    }
  }
  return {
    streams,
    streamAt(timeMs, kinds, picker, name) {
      const fitting = streams.filter(
        (stream) =>
          kinds.includes(stream.group.kind) &&
          (name === undefined || stream.group.name === name) &&
          timeMs >= stream.dayStartMs &&
          timeMs < stream.dayStartMs + DAY_MS,
      );
      return picker.pick(fitting);
    },
    exportTask: (stream) => tasks.get(`${stream.group.name}/${stream.dayStartMs}`)!,
  };
}
