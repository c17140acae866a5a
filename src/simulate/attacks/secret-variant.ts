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
