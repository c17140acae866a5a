// The statements of the roles in a compiled template, flat.

import type { Resource } from './packaged.ts';

export interface RoleStatement {
  readonly Sid?: string;
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Condition?: unknown;
}

/** Statements by the logical id of the role; of a Fn::If the one that may be there. */
export function rolesOf(
  resources: Readonly<Record<string, Resource>>,
): ReadonlyMap<string, readonly RoleStatement[]> {
  const roles = Object.entries(resources).filter(([, { Type }]) => Type === 'AWS::IAM::Role');
  return new Map(roles.map(([id, { Properties }]) => [id, Properties.Policies.flatMap(statementsOf)]));
}

function statementsOf(policy: {
  readonly PolicyDocument: { readonly Statement: readonly object[] };
}): RoleStatement[] {
  return policy.PolicyDocument.Statement.map((statement) =>
    'Fn::If' in statement
      ? (statement['Fn::If'] as [string, RoleStatement])[1]
      : (statement as RoleStatement),
  );
}

/** Every action once. */
export function actionsOf(statements: readonly RoleStatement[]): string[] {
  return [...new Set(statements.flatMap(({ Action }) => Action))].sort();
}
