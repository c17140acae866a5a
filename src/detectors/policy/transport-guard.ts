// Does a policy refuse plain HTTP? Either a Deny does it, for everybody and everything, or no Allow lets it through.
// aws:SecureTransport is in the context of every request:
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-securetransport

import type { Condition, Policy, Statement } from './policy-document.ts';
import {
  lesser,
  type PolicyTarget,
  type Reach,
  reachOfActions,
  reachOfPrincipals,
  reachOfResources,
} from './policy-reach.ts';

export interface TransportGuard {
  /** Plain HTTP is denied to everybody for everything, to some or for something, or not at all. */
  readonly deny: Reach;
  /** Statements that allow something of the service: none, all of them ask for TLS, or some do not. */
  readonly allow: 'none' | 'demanded' | 'free';
  /** Everything is denied, over TLS or not. */
  readonly isShut: boolean;
  /** The oldest TLS version that is not denied, times ten (12 for TLS 1.2); 0 where the policy says none. */
  readonly minimumTls: number;
  /** Of the statement that guards best; ''. */
  readonly sid: string;
}

/** What a policy that is not there says. */
export const NO_GUARD: TransportGuard = {
  deny: 'none',
  allow: 'none',
  isShut: false,
  minimumTls: 0,
  sid: '',
};

const SECURE_TRANSPORT = 'aws:securetransport';
/** The only key of its kind: https://docs.aws.amazon.com/AmazonS3/latest/userguide/amazon-s3-policy-keys.html#example-object-tls-version */
const TLS_VERSION = 's3:tlsversion';

/**
 * Conditions that only leave requests of AWS services themselves out, which use TLS: the rest is still denied to everybody.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalisawsservice
 */
const SERVICES_LEFT_OUT: readonly string[] = ['aws:principalisawsservice', 'aws:viaawsservice'];

/** Null where a statement uses a condition in a way whose meaning is not documented. */
export function transportGuardOf(policy: Policy, target: PolicyTarget): TransportGuard | null {
  let deny: Reach = 'none';
  let allows = 0;
  let demands = 0;
  let isShut = false;
  let minimumTls = 0;
  let sid = '';
  let unknown = false;
  for (const statement of policy.statements) {
    const reach = reachOf(statement, target);
    if (reach === 'none') continue;
    const plain = holdsForPlainHttp(statement.conditions);
    if (statement.allows) {
      allows += 1;
      if (plain === 'no') demands += 1;
      unknown ||= plain === 'unknown';
      continue;
    }
    isShut ||= reach === 'all' && statement.conditions.length === 0;
    if (reach === 'all' && target.service === 's3') {
      minimumTls = Math.max(minimumTls, minimumTlsOf(statement.conditions));
    }
    if (!statement.conditions.some(({ key }) => key === SECURE_TRANSPORT) || plain === 'no') continue;
    if (plain === 'unknown') {
      unknown = true;
      continue;
    }
    const guards = lesser(reach, plain === 'yes' ? 'all' : 'part');
    if (deny === 'none' || (deny === 'part' && guards === 'all') || (guards === deny && statement.sid < sid))
      sid = statement.sid;
    deny = deny === 'all' || guards === 'all' ? 'all' : 'part';
  }
  if (unknown && deny !== 'all' && !isShut) return null;
  const allow = allows === 0 ? 'none' : allows === demands ? 'demanded' : 'free';
  return { deny, allow, isShut, minimumTls, sid };
}

function reachOf(statement: Statement, target: PolicyTarget): Reach {
  return lesser(
    reachOfActions(statement, target.service),
    reachOfResources(statement, target),
    statement.allows ? 'all' : reachOfPrincipals(statement),
  );
}

/** Are all conditions true of a request over plain HTTP? `some`: of some such requests. */
function holdsForPlainHttp(conditions: readonly Condition[]): 'yes' | 'some' | 'no' | 'unknown' {
  const answers = conditions.map(holds);
  if (answers.includes('no')) return 'no';
  if (answers.includes('unknown')) return 'unknown';
  return answers.includes('some') ? 'some' : 'yes';
}

function holds(condition: Condition): 'yes' | 'some' | 'no' | 'unknown' {
  const { operator, key } = condition;
  const values = condition.values.map((value) => value.toLowerCase());
  if (key === SECURE_TRANSPORT) {
    // The key is there and has one value: IfExists and the set forms change nothing.
    if (operator === 'null') return values.includes('false') ? 'yes' : 'no';
    if (operator !== 'bool' || values.some((value) => value !== 'true' && value !== 'false'))
      return 'unknown';
    return values.includes('false') ? 'yes' : 'no';
  }
  if (operator === 'bool' && SERVICES_LEFT_OUT.includes(key) && values.includes('false')) return 'yes';
  return 'some';
}

/** A request with an older version is denied; 0 where the conditions do not say so, or say more. */
function minimumTlsOf(conditions: readonly Condition[]): number {
  const [first, second] = conditions.filter(({ key }) => key === TLS_VERSION);
  if (first === undefined || second !== undefined) return 0;
  const others = conditions.filter(({ key }) => key !== TLS_VERSION);
  if (others.some((other) => !SERVICES_LEFT_OUT.includes(other.key) || holds(other) !== 'yes')) return 0;
  const versions = first.values.map(Number).filter((version) => version >= 1 && version < 10);
  if (versions.length === 0) return 0;
  const highest = Math.round(Math.max(...versions) * 10);
  if (first.operator === 'numericlessthan') return highest;
  return first.operator === 'numericlessthanequals' ? highest + 1 : 0;
}
