// Whom does a policy let in besides the account itself: anybody, or named accounts? A condition closes an Allow where it says who asks, or
// from where, by values that their owner alone holds; and a Deny for everybody else closes it as well.

import type { Condition, Policy, Statement } from './policy-document.ts';
import {
  coversResource,
  lesser,
  matches,
  type PolicyTarget,
  reachOfActions,
  reachOfPrincipals,
  reachOfResources,
} from './policy-reach.ts';

export interface Openness {
  /** An Allow holds for everybody, and nothing closes it. */
  readonly anyone: boolean;
  /** Accounts besides the own one that are let in, sorted; the smallest. */
  readonly accounts: readonly string[];
  /**
   * Of each Allow that is closed by an organization, a network or the like: its conditions, each as `key value` texts. Whose these are stands in
   * no policy, only whether they were there before.
   */
  readonly bounds: readonly (readonly (readonly string[])[])[];
  /** Of the first statement, in code unit order, that opens; ''. */
  readonly sid: string;
}

/** A policy of a shared key names tens of accounts; the rest is in the document. */
const MAX_ACCOUNTS = 64;
/** Values of bounds in a policy; one more stands for all that are left out. */
const MAX_BOUNDS = 64;
const MAX_BOUND = 128;
/** Values that are looked at for it: a Deny counts with each Allow. */
const MAX_BOUND_VALUES = 4_096;
const MORE_BOUNDS = 'more than are compared';

type Form = 'organization' | 'account' | 'arn' | 'text' | 'network';

/**
 * Keys that say who asks or from where. The first part is what S3 takes as a bound of a public policy, the second are global keys with a
 * value that AWS sets, the last ones are of single services.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html#access-control-block-public-access-policy-status
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
 * https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-caller-account
 * kms:ViaService is not among them: it says through which service, for callers of every account.
 */
const CLOSING_KEYS: ReadonlyMap<string, Form> = new Map([
  ['aws:sourceip', 'network'],
  ['aws:sourcearn', 'arn'],
  ['aws:sourcevpc', 'text'],
  ['aws:sourcevpce', 'text'],
  ['aws:sourceowner', 'text'],
  ['aws:sourceaccount', 'text'],
  ['aws:userid', 'text'],
  ['s3:dataaccesspointarn', 'arn'],
  ['s3:dataaccesspointaccount', 'text'],
  ['aws:principalorgid', 'organization'],
  ['aws:principalorgpaths', 'organization'],
  ['aws:principalaccount', 'account'],
  ['aws:principalarn', 'arn'],
  ['aws:sourceorgid', 'organization'],
  ['aws:sourceorgpaths', 'organization'],
  ['aws:sourcevpcarn', 'arn'],
  ['aws:vpceaccount', 'text'],
  ['aws:vpceorgid', 'organization'],
  ['aws:vpceorgpaths', 'organization'],
  ['kms:calleraccount', 'account'],
]);
/** Where it leads to, which closes the policy of an endpoint. */
const CLOSING_TARGETS: ReadonlyMap<string, Form> = new Map([
  ['aws:resourceaccount', 'text'],
  ['aws:resourceorgid', 'organization'],
  ['aws:resourceorgpaths', 'organization'],
]);

const IS_AMONG = [
  'stringequals',
  'stringequalsignorecase',
  'stringlike',
  'arnequals',
  'arnlike',
  'ipaddress',
];
const IS_NOT_AMONG = [
  'stringnotequals',
  'stringnotequalsignorecase',
  'stringnotlike',
  'arnnotequals',
  'arnnotlike',
  'notipaddress',
];

/** S3 takes broader networks for public: more than /8 of IPv4, /32 of IPv6. The source is that of CLOSING_KEYS. */
const WIDEST_NETWORK = { ipv4: 8, ipv6: 32 } as const;

/** Whom the statements that allow one of `actions` (lower case) let in, seen from `account`. */
export function opennessOf(
  policy: Policy,
  account: string,
  actions: readonly string[],
  target: PolicyTarget,
): Openness {
  const closers = policy.statements.flatMap((each) => closersOfDeny(each, target, CLOSING_KEYS));
  const accounts = new Set<string>();
  const bounds: Condition[][] = [];
  const sids: string[] = [];
  let anyone = false;
  for (const statement of policy.statements) {
    if (!statement.allows || !actions.some((action) => allowsAction(statement, action))) continue;
    const closing = [...closers, ...statement.conditions.filter((each) => closes(each, CLOSING_KEYS))];
    const forAnyone = isForAnyone(statement);
    const named = forAnyone ? closing.map(accountsOfCondition) : [accountsOfPrincipals(statement)];
    if (forAnyone && named.some((list) => list.length > 0 && list.every((each) => each === account)))
      continue;
    const others = account === '' ? [] : named.flat().filter((each) => each !== '' && each !== account);
    const inOrganization = closing.some(({ key }) => CLOSING_KEYS.get(key) === 'organization');
    const open = forAnyone && closing.length === 0;
    anyone ||= open;
    if (inOrganization) {
      if (forAnyone || others.length > 0) bounds.push(closing);
    } else if (others.length > 0) for (const each of others) accounts.add(each);
    else if (forAnyone && !open) bounds.push(closing);
    if (open || (others.length > 0 && !inOrganization)) sids.push(statement.sid);
  }
  return {
    anyone,
    accounts: [...accounts].sort().slice(0, MAX_ACCOUNTS),
    bounds: boundsAsTexts(bounds),
    sid: sids.sort()[0] ?? '',
  };
}

function boundsAsTexts(bounds: readonly (readonly Condition[])[]): string[][][] {
  const count = bounds.reduce((sum, list) => list.reduce((all, { values }) => all + values.length, sum), 0);
  if (count > MAX_BOUND_VALUES) return [[[MORE_BOUNDS]]];
  let left = MAX_BOUNDS;
  const texts = bounds.map((conditions) =>
    conditions
      .map(({ key, values }) => [...new Set(values.map((value) => `${key} ${value}`))].sort())
      .sort(inOrder),
  );
  return texts
    .sort(inOrder)
    .filter((each, at) => at === 0 || inOrder(each, texts[at - 1]!) !== 0)
    .map((conditions) => {
      left -= conditions.flat().length;
      return left < 0
        ? [[MORE_BOUNDS]]
        : conditions.map((list) => list.map((text) => text.slice(0, MAX_BOUND)));
    })
    .filter((each, at, all) => left >= 0 || at === 0 || inOrder(each, all[at - 1]!) !== 0);
}

function inOrder(a: unknown, b: unknown): number {
  const [left, right] = [JSON.stringify(a), JSON.stringify(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}

/** An endpoint that lets everybody through to everything of the service: no condition says whose tables, or who. */
export function isOpenEndpoint(policy: Policy, target: PolicyTarget): boolean {
  const keys = new Map([...CLOSING_KEYS, ...CLOSING_TARGETS]);
  if (policy.statements.some((each) => closersOfDeny(each, target, keys).length > 0)) return false;
  return policy.statements.some(
    (statement) =>
      statement.allows &&
      isForAnyone(statement) &&
      reachOfActions(statement, target.service) !== 'none' &&
      target.resources.every((arn) => coversResource(statement, arn)) &&
      !statement.conditions.some((each) => closes(each, keys)),
  );
}

function isForAnyone(statement: Statement): boolean {
  return statement.notPrincipals !== null || reachOfPrincipals(statement) === 'all';
}

function allowsAction({ actions, notActions }: Statement, action: string): boolean {
  if (actions !== null) return actions.some((pattern) => matches(pattern, action));
  return !(notActions ?? []).some((pattern) => matches(pattern, action));
}

/** Without IfExists: a request that lacks the key would pass. So would one under ForAllValues. */
function closes(condition: Condition, keys: ReadonlyMap<string, Form>): boolean {
  const form = keys.get(condition.key);
  return (
    form !== undefined &&
    IS_AMONG.includes(condition.operator) &&
    !condition.ifExists &&
    condition.set !== 'all' &&
    condition.values.every((value) => isFixed(value, form))
  );
}

/** A Deny for everybody but those named; it may spare services of AWS, and nothing else. */
function closersOfDeny(
  statement: Statement,
  target: PolicyTarget,
  keys: ReadonlyMap<string, Form>,
): Condition[] {
  const { allows, conditions } = statement;
  const reach = lesser(
    reachOfPrincipals(statement),
    reachOfActions(statement, target.service),
    reachOfResources(statement, target),
  );
  if (allows || reach !== 'all') return [];
  const closers = conditions.filter(({ key, operator, set, values }) => {
    const form = keys.get(key);
    return (
      form !== undefined &&
      IS_NOT_AMONG.includes(operator) &&
      set !== 'any' &&
      values.every((value) => isFixed(value, form))
    );
  });
  const others = conditions.filter((each) => !closers.includes(each));
  return others.every(sparesServices) ? closers : [];
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalisawsservice */
function sparesServices({ operator, key, values }: Condition): boolean {
  const isOfServices = key === 'aws:principalisawsservice' || key === 'aws:viaawsservice';
  return operator === 'bool' && isOfServices && values.every((value) => value.toLowerCase() === 'false');
}

/** A value that is not everybody's: `*`, `arn:aws:iam::*:role/app` and 0.0.0.0/0 are. */
function isFixed(value: string, form: Form): boolean {
  if (form === 'network') return isNarrowNetwork(value);
  const open = value.search(/[*?$]/);
  if (open < 0) return value !== '';
  if (form === 'arn') return /^\d{12}$/.test(value.split(':', 5)[4] ?? '');
  // `o-exampleorgid/*`, `AROAEXAMPLEID:*`: who begins so is one.
  return open >= 4;
}

function isNarrowNetwork(value: string): boolean {
  const [address = '', bits] = value.split('/');
  const isIpv6 = address.includes(':');
  const least = isIpv6 ? WIDEST_NETWORK.ipv6 : WIDEST_NETWORK.ipv4;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) >= least);
}

/** Accounts that a condition names, of callers or of what they call from: '' for a value that names none. */
function accountsOfCondition({ key, values }: Condition): string[] {
  const form = CLOSING_KEYS.get(key);
  if (form === 'organization' || form === 'network') return [];
  return values.map((value) => {
    const account = value.startsWith('arn:') ? (value.split(':', 5)[4] ?? '') : value;
    return /^\d{12}$/.test(account) ? account : '';
  });
}

function accountsOfPrincipals({ principals }: Statement): string[] {
  return (principals ?? []).flatMap(({ kind, name }) => {
    const account = kind === 'aws' ? accountOfPrincipal(name) : '';
    return account === '' ? [] : [account];
  });
}

/** `444455556666` and `arn:aws:iam::444455556666:role/app`; '' of ids that deleted principals leave behind. */
export function accountOfPrincipal(name: string): string {
  if (/^\d{12}$/.test(name)) return name;
  return /^arn:[^:]{1,32}:(?:iam|sts)::(\d{12}):/.exec(name)?.[1] ?? '';
}
