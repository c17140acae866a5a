// Whom and what a statement of a policy covers: all of what is asked about, a part of it, or none.

import type { Policy, Statement } from './policy-document.ts';

export type Reach = 'all' | 'part' | 'none';

/** What a policy is asked about. */
export interface PolicyTarget {
  /** Lower case, as in actions: `dynamodb`. */
  readonly service: string;
  /** ARNs with `arn:aws:`, each of which a statement must cover to cover all; none: any resource does. */
  readonly resources: readonly string[];
}

/** Longer patterns match nothing: ARNs have at most 2,048 characters. */
const MAX_PATTERN = 2_048;

/** `*` is any text, `?` any character. Time is bounded by the product of the lengths; texts are short, and a policy's patterns bounded together. */
export function matches(pattern: string, text: string): boolean {
  if (pattern.length > MAX_PATTERN) return false;
  let at = 0;
  let star = -1;
  let resume = 0;
  let here = 0;
  while (here < text.length) {
    if (at < pattern.length && pattern[at] === '*') {
      star = at++;
      resume = here;
    } else if (at < pattern.length && (pattern[at] === '?' || pattern[at] === text[here])) {
      at++;
      here++;
    } else if (star >= 0) {
      at = star + 1;
      here = ++resume;
    } else {
      return false;
    }
  }
  while (pattern[at] === '*') at++;
  return at === pattern.length;
}

export function reachOfActions({ actions, notActions }: Statement, service: string): Reach {
  if (actions !== null) {
    if (actions.some((pattern) => coversService(pattern, service))) return 'all';
    return actions.some((pattern) => touchesService(pattern, service)) ? 'part' : 'none';
  }
  const except = notActions ?? [];
  if (except.some((pattern) => coversService(pattern, service))) return 'none';
  return except.some((pattern) => touchesService(pattern, service)) ? 'part' : 'all';
}

/** Every action of the service: `*`, `dynamodb:*`, `dynamo*`. */
function coversService(pattern: string, service: string): boolean {
  if (!pattern.endsWith('*')) return false;
  const head = pattern.replace(/(?<!\*)\*+$/, '');
  const whole = `${service}:`;
  for (let length = 0; length <= whole.length; length++)
    if (matches(head, whole.slice(0, length))) return true;
  return false;
}

function touchesService(pattern: string, service: string): boolean {
  const colon = pattern.indexOf(':');
  return colon < 0 ? matches(pattern, `${service}:`) : matches(pattern.slice(0, colon), service);
}

export function reachOfResources({ resources, notResources }: Statement, target: PolicyTarget): Reach {
  if (resources !== null) {
    if (target.resources.every((arn) => resources.some((pattern) => matches(pattern, arn)))) return 'all';
    return resources.some((pattern) => touchesResources(pattern, target.service)) ? 'part' : 'none';
  }
  if (notResources === null) return 'all';
  if (notResources.includes('*')) return 'none';
  return notResources.some((pattern) => touchesResources(pattern, target.service)) ? 'part' : 'all';
}

/** True when the statement covers this one resource. */
export function coversResource({ resources, notResources }: Statement, arn: string): boolean {
  return resources === null
    ? !(notResources ?? []).some((pattern) => matches(pattern, arn))
    : resources.some((pattern) => matches(pattern, arn));
}

function touchesResources(pattern: string, service: string): boolean {
  const segment = pattern.split(':', 3)[2];
  return segment === undefined || matches(segment, service);
}

/** Policies without principals hold for everybody whom they are attached to. */
export function reachOfPrincipals({ principals, notPrincipals }: Statement): Reach {
  if (principals === null) return notPrincipals === null ? 'all' : 'part';
  return principals.some(({ kind, name }) => kind === 'aws' && name === '*') ? 'all' : 'part';
}

export function lesser(...reaches: readonly Reach[]): Reach {
  return reaches.includes('none') ? 'none' : reaches.includes('part') ? 'part' : 'all';
}

/** The service whose actions are the only ones that a policy names; '' where it names several, or all. */
export function serviceNamedIn(policy: Policy): string {
  const services = new Set(
    policy.statements
      .flatMap(({ actions }) => actions ?? ['*'])
      .map((pattern) => pattern.split(':', 1)[0] ?? ''),
  );
  services.delete('*');
  const [only = '', another] = services;
  return another === undefined && /^[a-z0-9-]{2,64}$/.test(only) ? only : '';
}
