// One way in which a secret gets into a log.

import type { LogKind } from '../log-plan.ts';
import type { Random } from '../prng.ts';
import type { RuleId } from '../truth.ts';
import { type AttackContext, pickPlace, pickTime } from './context.ts';

export interface Scene {
  readonly random: Random;
  readonly account: string;
  readonly region: string;
  readonly timeMs: number;
}

export interface SecretVariant {
  readonly rule: RuleId;
  readonly name: string;
  readonly description: string;
  readonly severity: 'CRITICAL' | 'HIGH' | 'MEDIUM' | 'LOW' | 'INFO';
  readonly kinds: readonly LogKind[];
  /** One or more messages in a row. */
  messages(scene: Scene): readonly string[];
  readonly alsoExpected?: readonly RuleId[];
}

export const PYTHON: readonly LogKind[] = ['uvicorn', 'gunicorn', 'boto'];
export const ANY: readonly LogKind[] = ['uvicorn', 'gunicorn', 'boto', 'node', 'lambda'];

/** Each variant once, in some log of some place. */
export function plantSecretVariants(context: AttackContext, variants: readonly SecretVariant[]): void {
  const { random, plants, logPlan } = context;
  for (const variant of variants) {
    const place = pickPlace(context);
    const timeMs = pickTime(context);
    const stream = logPlan.streamAt(timeMs, variant.kinds, random);
    const proof = plants.attack({
      rule: variant.rule,
      minimumSeverity: variant.severity,
      variant: variant.name,
      description: `${variant.description} (${stream.group.name})`,
      account: place.account,
      region: place.region,
      ...(variant.alsoExpected === undefined ? {} : { alsoExpected: variant.alsoExpected }),
    });
    for (const message of variant.messages({
      random,
      account: place.account,
      region: place.region,
      timeMs,
    })) {
      plants.lines.push({ timeMs, group: stream.group.name, stream: stream.stream, message, proof });
    }
  }
}

/** What Docker reads at once: a longer message comes in pieces, and a line feed ends the last one. */
const DOCKER_PIECE = 16 * 1024;

/** A message in ASCII, as Docker's json-file driver cuts it. */
export function cutByDocker(text: string, time: string): string[] {
  const pieces: string[] = [];
  for (let at = 0; at < text.length; at += DOCKER_PIECE) pieces.push(text.slice(at, at + DOCKER_PIECE));
  return pieces.map((piece, at) =>
    JSON.stringify({ log: at === pieces.length - 1 ? `${piece}\n` : piece, stream: 'stdout', time }),
  );
}

/** So many characters of words, for messages that are longer than a driver takes. */
export function longWords(length: number): string {
  const words = 'retry the order of the morning, ';
  return words.repeat(Math.ceil(length / words.length)).slice(0, length);
}
