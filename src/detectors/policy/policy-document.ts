// A policy as its statements say it, from the forms in which CloudTrail holds one: text (bucket policies are an object, IAM writes some
// URL-encoded, some tools encode JSON twice). Who writes a policy may write anything: sizes are bounded, nothing throws, and
// what is not read in full is null, which means that nothing is known of it.
// Grammar: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html

import { asObject, field, type Parameters } from './parameters.ts';

/**
 * Characters of a policy: CloudTrail leaves out parameters beyond 100 KB, and the largest policy that a service takes (KMS) is 32 KB.
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
 * https://docs.aws.amazon.com/kms/latest/developerguide/resource-limits.html
 */
const MAX_TEXT = 131_072;
const MAX_STATEMENTS = 512;
/** Values of all lists of a policy. */
const MAX_VALUES = 8_192;
/** Text in text: JSON that was encoded twice. */
const MAX_WRAPS = 2;

export interface Condition {
  /** Lower case, without set form and IfExists: `bool`, `stringequals`. */
  readonly operator: string;
  readonly ifExists: boolean;
  /** ForAllValues, ForAnyValue, or neither. */
  readonly set: 'all' | 'any' | '';
  /** Lower case: keys are compared without it. */
  readonly key: string;
  readonly values: readonly string[];
}

export interface PolicyPrincipal {
  /** Lower case: `aws`, `service`, `federated`, `canonicaluser`. */
  readonly kind: string;
  readonly name: string;
}

/** Lists are null where the statement has no such element. */
export interface Statement {
  readonly sid: string;
  readonly allows: boolean;
  readonly principals: readonly PolicyPrincipal[] | null;
  readonly notPrincipals: readonly PolicyPrincipal[] | null;
  /** Lower case. */
  readonly actions: readonly string[] | null;
  readonly notActions: readonly string[] | null;
  /** With `arn:aws:` for every partition. */
  readonly resources: readonly string[] | null;
  readonly notResources: readonly string[] | null;
  readonly conditions: readonly Condition[];
}

export interface Policy {
  readonly statements: readonly Statement[];
}

/** Null when it cannot be read in full. */
export function readPolicy(value: unknown): Policy | null {
  const document = asObject(parsed(value));
  if (document === null) return null;
  const given = field(document, 'Statement');
  const list = Array.isArray(given) ? given : asObject(given) === null ? null : [given];
  if (list === null || list.length > MAX_STATEMENTS) return null;
  const budget: Budget = { values: MAX_VALUES, characters: MAX_TEXT };
  const statements: Statement[] = [];
  for (const entry of list) {
    const statement = readStatement(asObject(entry), budget);
    if (statement === null) return null;
    statements.push(statement);
  }
  return { statements };
}

function parsed(value: unknown): unknown {
  let inner = value;
  for (let wrap = 0; typeof inner === 'string' && wrap <= MAX_WRAPS; wrap++) {
    // URL encoding makes up to three characters of one.
    if (inner.length > MAX_TEXT * 3) return null;
    const text = inner.trim();
    try {
      inner = JSON.parse(text.startsWith('%') ? decodeURIComponent(text) : text);
    } catch {
      return null;
    }
  }
  return Array.isArray(inner) && inner.length === 1 ? inner[0] : inner;
}

interface Budget {
  values: number;
  characters: number;
}

function readStatement(given: Parameters | null, budget: Budget): Statement | null {
  if (given === null) return null;
  const effect = String(field(given, 'Effect')).toLowerCase();
  const sid = field(given, 'Sid');
  const lists = ['Action', 'NotAction', 'Resource', 'NotResource'].map((name) =>
    listOf(field(given, name), budget),
  );
  const [actions, notActions, resources, notResources] = lists;
  const principals = principalsOf(field(given, 'Principal'), budget);
  const notPrincipals = principalsOf(field(given, 'NotPrincipal'), budget);
  const conditions = conditionsOf(field(given, 'Condition'), budget);
  if (
    (effect !== 'allow' && effect !== 'deny') ||
    lists.includes(undefined) ||
    principals === undefined ||
    notPrincipals === undefined ||
    conditions === undefined ||
    (actions === null) === (notActions === null)
  ) {
    return null;
  }
  return {
    sid: typeof sid === 'string' ? sid.slice(0, 64) : '',
    allows: effect === 'allow',
    principals,
    notPrincipals,
    actions: lowered(actions),
    notActions: lowered(notActions),
    resources: inOnePartition(resources),
    notResources: inOnePartition(notResources),
    conditions,
  };
}

/** One value or a list of them; null when absent, undefined when it is neither or too much. */
function listOf(given: unknown, budget: Budget): string[] | null | undefined {
  if (given === undefined || given === null) return null;
  const values = Array.isArray(given) ? given : [given];
  budget.values -= values.length;
  if (budget.values < 0) return undefined;
  const texts: string[] = [];
  for (const value of values) {
    if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean')
      return undefined;
    const text = String(value);
    budget.characters -= text.length;
    if (budget.characters < 0) return undefined;
    texts.push(text);
  }
  return texts;
}

function principalsOf(given: unknown, budget: Budget): PolicyPrincipal[] | null | undefined {
  if (given === undefined || given === null) return null;
  if (typeof given === 'string') return given === '*' ? [{ kind: 'aws', name: '*' }] : undefined;
  const kinds = asObject(given);
  if (kinds === null) return undefined;
  const principals: PolicyPrincipal[] = [];
  for (const [kind, value] of Object.entries(kinds)) {
    const names = listOf(value, budget);
    if (names === undefined || names === null) return undefined;
    for (const name of names) principals.push({ kind: kind.toLowerCase(), name });
  }
  return principals;
}

function conditionsOf(given: unknown, budget: Budget): Condition[] | undefined {
  if (given === undefined || given === null) return [];
  const operators = asObject(given);
  if (operators === null) return undefined;
  const conditions: Condition[] = [];
  for (const [name, keys] of Object.entries(operators)) {
    const operands = asObject(keys);
    if (operands === null) return undefined;
    const form = operatorOf(name);
    for (const [key, value] of Object.entries(operands)) {
      const values = listOf(value, budget);
      if (values === undefined || values === null) return undefined;
      conditions.push({ ...form, key: key.toLowerCase(), values });
    }
  }
  return conditions;
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html */
function operatorOf(name: string): Pick<Condition, 'operator' | 'ifExists' | 'set'> {
  const lower = name.toLowerCase();
  const set = lower.startsWith('forallvalues:') ? 'all' : lower.startsWith('foranyvalue:') ? 'any' : '';
  const bare = set === '' ? lower : lower.slice(lower.indexOf(':') + 1);
  const ifExists = bare.endsWith('ifexists');
  return { operator: ifExists ? bare.slice(0, -'ifexists'.length) : bare, ifExists, set };
}

function lowered(list: readonly string[] | null | undefined): string[] | null {
  return list?.map((text) => text.toLowerCase()) ?? null;
}

function inOnePartition(list: readonly string[] | null | undefined): string[] | null {
  return list?.map(withoutPartition) ?? null;
}

/** `arn:aws-cn:...` and `arn:aws-us-gov:...` as `arn:aws:...`. */
export function withoutPartition(arn: string): string {
  return arn.replace(/^arn:aws-[a-z-]{1,12}:/, 'arn:aws:');
}

/** The same text for policies that say the same in another order or spelling; statement ids are not part of it. */
export function canonicalText(policy: Policy): string {
  const sorted = (list: readonly string[] | null): readonly string[] | null =>
    list === null ? null : [...new Set(list)].sort();
  const names = (list: readonly PolicyPrincipal[] | null): readonly string[] | null =>
    sorted(list?.map(({ kind, name }) => `${kind}:${name}`) ?? null);
  return policy.statements
    .map((each) =>
      JSON.stringify([
        each.allows,
        names(each.principals),
        names(each.notPrincipals),
        sorted(each.actions),
        sorted(each.notActions),
        sorted(each.resources),
        sorted(each.notResources),
        sorted(
          each.conditions.map(({ operator, ifExists, set, key, values }) =>
            JSON.stringify([operator, ifExists, set, key, sorted(values)]),
          ),
        ),
      ]),
    )
    .sort()
    .join('\n');
}
