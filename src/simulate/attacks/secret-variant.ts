// One way in which a secret gets into a log.

import type { LogKind } from '../log-plan.ts';
import type { Random } from '../prng.ts';
import type { RuleId } from '../truth.ts';

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
  readonly severity: 'CRITICAL' | 'HIGH' | 'MEDIUM';
  readonly kinds: readonly LogKind[];
  /** One or more messages in a row. */
  messages(scene: Scene): readonly string[];
  readonly alsoExpected?: readonly RuleId[];
}

export const PYTHON: readonly LogKind[] = ['uvicorn', 'gunicorn', 'boto'];
export const ANY: readonly LogKind[] = ['uvicorn', 'gunicorn', 'boto', 'node', 'lambda'];
