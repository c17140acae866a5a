// Planted records on their way into the archive: what to write where and when, and the attack that they prove.

import type { Severity } from '../findings/finding.ts';
import { isoSeconds } from './clock.ts';
import type { Attack, Benign, FlowCaller, RuleId, TrafficClass } from './truth.ts';

/** Collects the proof of one attack (or one benign temptation) while the archive is written. */
export interface Proof {
  readonly eventIds: string[];
  readonly locators: string[];
}

/** How a record reaches the archive, where chance must not say: hours late, or twice. */
export type Delivery = 'late' | 'twice';

export interface PlantedCall {
  readonly timeMs: number;
  readonly account: string;
  readonly region: string;
  readonly text: string;
  readonly proof: Proof | null;
  readonly delivery?: Delivery;
}

/** Highest version among the fields of a flow log's format; 6 is that of transit gateways. */
export type FlowVersion = 2 | 5 | 6 | 7 | 10;

export interface PlantedFlow {
  /** End of the aggregation window: says which file the line goes into. */
  readonly endMs: number;
  readonly account: string;
  readonly region: string;
  /** Which of the place's flow logs. */
  readonly version: FlowVersion;
  readonly text: string;
  readonly proof: Proof | null;
}

export interface PlantedLine {
  readonly timeMs: number;
  /** Log group and stream; an export task per group and day. */
  readonly group: string;
  readonly stream: string;
  /** May hold line breaks: one message. */
  readonly message: string;
  readonly proof: Proof | null;
}

export interface PlantedAccessLine {
  readonly timeMs: number;
  readonly account: string;
  readonly region: string;
  /** Bucket, or id of the load balancer. */
  readonly log: string;
  readonly text: string;
  readonly proof: Proof | null;
}

interface AttackPlan {
  readonly rule: RuleId;
  readonly minimumSeverity: Severity;
  readonly variant: string;
  readonly description: string;
  readonly principal?: string;
  readonly account: string;
  readonly region: string;
  readonly alsoExpected?: readonly RuleId[];
  readonly trafficClass?: TrafficClass;
  readonly caller?: FlowCaller;
  readonly needsSetting?: Attack['needsSetting'];
}

/** Where the attack files put what they plant. */
export interface Plants {
  readonly calls: PlantedCall[];
  readonly flows: PlantedFlow[];
  readonly lines: PlantedLine[];
  readonly accessLines: PlantedAccessLine[];
  /** A new attack; what is planted with the returned proof becomes its evidence. */
  attack(plan: AttackPlan): Proof;
  /** Something that must not be found. */
  benign(what: string, why: string): Proof;
}

interface PlannedAttack {
  readonly plan: AttackPlan;
  readonly number: number;
  readonly proof: Proof;
}

export interface PlantBook extends Plants {
  attacks(): Attack[];
  benigns(): Benign[];
}

export function createPlantBook(): PlantBook {
  const planned: PlannedAttack[] = [];
  const benigns: { readonly what: string; readonly why: string; readonly proof: Proof }[] = [];
  const calls: PlantedCall[] = [];
  const flows: PlantedFlow[] = [];
  const lines: PlantedLine[] = [];
  const accessLines: PlantedAccessLine[] = [];

  function times(proof: Proof): number[] {
    return [
      ...calls.filter((call) => call.proof === proof).map((call) => call.timeMs),
      ...flows.filter((flow) => flow.proof === proof).map((flow) => flow.endMs),
      ...lines.filter((line) => line.proof === proof).map((line) => line.timeMs),
      ...accessLines.filter((line) => line.proof === proof).map((line) => line.timeMs),
    ].sort((a, b) => a - b);
  }

  return {
    calls,
    flows,
    lines,
    accessLines,
    attack(plan) {
      const number = planned.filter(
        (other) => other.plan.rule === plan.rule && other.plan.variant === plan.variant,
      ).length;
      const proof: Proof = { eventIds: [], locators: [] };
      planned.push({ plan, number, proof });
      return proof;
    },
    benign(what, why) {
      const proof: Proof = { eventIds: [], locators: [] };
      benigns.push({ what, why, proof });
      return proof;
    },
    attacks: () =>
      planned
        .filter(({ proof }) => times(proof).length > 0)
        .map(({ plan, number, proof }) => {
          const when = times(proof);
          return {
            id: `${plan.rule}/${plan.variant}/${number}`,
            rule: plan.rule,
            minimumSeverity: plan.minimumSeverity,
            variant: plan.variant,
            description: plan.description,
            principal: plan.principal ?? '',
            account: plan.account,
            region: plan.region,
            from: isoSeconds(when[0]!),
            to: isoSeconds(when.at(-1)!),
            eventIds: proof.eventIds,
            locators: [...proof.locators].sort(),
            alsoExpected: plan.alsoExpected ?? [],
            trafficClass: plan.trafficClass ?? null,
            caller: plan.caller ?? null,
            needsSetting: plan.needsSetting ?? null,
          };
        }),
    benigns: () =>
      benigns.map(({ what, why, proof }) => ({
        what,
        why,
        eventIds: proof.eventIds,
        locators: [...proof.locators].sort(),
      })),
  };
}
