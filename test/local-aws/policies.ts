// Evaluates IAM policies as far as the project uses them: Effect, Action, Resource, Principal and the condition operators below. An
// operator or an element that is not known here throws, so that nothing is allowed by not being understood.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html

import { matchesWildcard } from './wildcard.ts';

export interface Statement {
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly Principal?: '*' | Readonly<Record<string, string | readonly string[]>>;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

export interface Question {
  readonly action: string;
  readonly resource: string;
  /** Only for policies of resources: `events.amazonaws.com`, or the ARN of a role. */
  readonly principal?: string;
  /** aws:SourceArn and the like; a key that is missing here makes its condition false, as on AWS. */
  readonly context?: Readonly<Record<string, string>>;
}

const ELEMENTS = ['Sid', 'Effect', 'Action', 'Resource', 'Principal', 'Condition'];

/** Throws when a statement has an element or a condition that is not evaluated here. */
export function checkedStatements(document: unknown, where: string): readonly Statement[] {
  const { Statement: listed } = document as { readonly Statement: Statement | readonly Statement[] };
  const statements = asList<Statement>(listed);
  for (const statement of statements) {
    const unknown = Object.keys(statement).filter((element) => !ELEMENTS.includes(element));
    if (unknown.length > 0)
      throw new Error(`${where}: element ${unknown.join(', ')} of a policy is not evaluated`);
    for (const operator of Object.keys(statement.Condition ?? {})) {
      if (!(operator in OPERATORS)) throw new Error(`${where}: condition ${operator} is not evaluated`);
    }
  }
  return statements;
}

export function allows(statements: readonly Statement[], question: Question): boolean {
  const matching = statements.filter((statement) => matches(statement, question));
  return (
    matching.some(({ Effect }) => Effect === 'Allow') && !matching.some(({ Effect }) => Effect === 'Deny')
  );
}

/** Statements that say anything about the question, for a test that looks for grants that nobody uses. */
export function matches(
  statement: Statement,
  { action, resource, principal, context = {} }: Question,
): boolean {
  return (
    asList(statement.Action).some((pattern) => likeAction(pattern, action)) &&
    (statement.Resource === undefined ||
      asList(statement.Resource).some((pattern) => wildcard(pattern, resource))) &&
    (principal === undefined || isPrincipal(statement.Principal, principal)) &&
    Object.entries(statement.Condition ?? {}).every(([operator, wanted]) =>
      Object.entries(wanted).every(([key, values]) =>
        OPERATORS[operator]!(
          asList(values as string).map((value) => String(value)),
          context[key],
        ),
      ),
    )
  );
}

const OPERATORS: Readonly<Record<string, (wanted: readonly string[], held: string | undefined) => boolean>> =
  {
    StringEquals: (wanted, held) => held !== undefined && wanted.includes(held),
    StringNotEquals: (wanted, held) => held === undefined || !wanted.includes(held),
    StringLike: (wanted, held) => held !== undefined && wanted.some((pattern) => wildcard(pattern, held)),
    ArnEquals: (wanted, held) => held !== undefined && wanted.some((pattern) => wildcard(pattern, held)),
    ArnLike: (wanted, held) => held !== undefined && wanted.some((pattern) => wildcard(pattern, held)),
    Bool: (wanted, held) => held !== undefined && wanted.includes(held),
  };

function isPrincipal(wanted: Statement['Principal'], principal: string): boolean {
  if (wanted === undefined) return false;
  if (wanted === '*') return true;
  return Object.values(wanted)
    .flatMap((values) => asList(values))
    .some((value) => value === '*' || value === principal || isRootOf(value, principal));
}

/** `arn:aws:iam::ACCOUNT:root` stands for all of the account that its own policies let. */
function isRootOf(value: string, principal: string): boolean {
  return value.endsWith(':root') && principal.startsWith(value.slice(0, -'root'.length));
}

function likeAction(pattern: string, action: string): boolean {
  return wildcard(pattern.toLowerCase(), action.toLowerCase());
}

function wildcard(pattern: string, text: string): boolean {
  return matchesWildcard(pattern, text, { one: true });
}

function asList<T>(value: T | readonly T[]): readonly T[] {
  return Array.isArray(value) ? (value as readonly T[]) : [value as T];
}
