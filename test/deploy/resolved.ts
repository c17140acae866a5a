// A compiled template as CloudFormation sees it once conditions are decided: what is not made is gone, Fn::If is its branch, and
// intrinsic functions of what is only known in an account are left as they are.

import type { Resource, Template } from './packaged.ts';

/** Throws when a condition, a Ref or a Fn::GetAtt leads to what is not there: CloudFormation would refuse the template. */
export function resolveTemplate(template: Template): Readonly<Record<string, Resource>> {
  const holds = (name: string): boolean => {
    if (!(name in template.Conditions)) throw new Error(`no condition ${name}`);
    return decide(template.Conditions[name], holds);
  };
  const made = Object.entries(template.Resources).filter(
    ([, { Condition }]) => Condition === undefined || holds(Condition),
  );
  const resources = Object.fromEntries(
    made.map(([id, resource]) => [id, resolve(resource, holds) as Resource]),
  );
  const outputs = Object.values(template.Outputs)
    .filter(({ Condition }) => Condition === undefined || holds(Condition))
    .map(({ Value }) => resolve(Value, holds));
  for (const id of referencesOf([resources, outputs])) {
    if (!(id in resources) && !id.startsWith('AWS::'))
      throw new Error(`${id} is referred to, and is not made`);
  }
  return resources;
}

/** Logical ids that a value refers to: Ref, Fn::GetAtt, ${Id} and ${Id.Attribute} of Fn::Sub, DependsOn. */
export function referencesOf(value: unknown): Set<string> {
  const found = new Set<string>();
  const look = (part: unknown): void => {
    if (Array.isArray(part)) return part.forEach(look);
    if (typeof part !== 'object' || part === null) return;
    for (const [key, inner] of Object.entries(part)) {
      if (key === 'Ref') found.add(String(inner));
      else if (key === 'Fn::GetAtt') found.add(String((inner as readonly unknown[])[0]));
      else if (key === 'DependsOn') for (const id of [inner].flat()) found.add(String(id));
      else if (key === 'Fn::Sub') {
        const text = String(Array.isArray(inner) ? inner[0] : inner);
        for (const [, id] of text.matchAll(/\$\{([\w:]+)(?:\.\w+)?\}/g)) found.add(id!);
      } else look(inner);
    }
  };
  look(value);
  return found;
}

function decide(condition: unknown, holds: (name: string) => boolean): boolean {
  const [[kind, operands]] = Object.entries(condition as Record<string, unknown>) as [[string, unknown]];
  const parts = operands as readonly unknown[];
  switch (kind) {
    case 'Condition':
      return holds(String(operands));
    case 'Fn::Equals':
      return parts[0] === parts[1];
    case 'Fn::Not':
      return !decide(parts[0], holds);
    case 'Fn::And':
      return parts.every((part) => decide(part, holds));
    case 'Fn::Or':
      return parts.some((part) => decide(part, holds));
    default:
      throw new Error(`a condition may not use ${kind}`);
  }
}

const NO_VALUE = Symbol('AWS::NoValue');

function resolve(value: unknown, holds: (name: string) => boolean): unknown {
  if (Array.isArray(value))
    return value.map((part) => resolve(part, holds)).filter((part) => part !== NO_VALUE);
  if (typeof value !== 'object' || value === null) return value;
  if ('Ref' in value && value.Ref === 'AWS::NoValue') return NO_VALUE;
  if ('Fn::If' in value) {
    const [name, yes, no] = value['Fn::If'] as [string, unknown, unknown];
    return resolve(holds(name) ? yes : no, holds);
  }
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, inner]) => [key, resolve(inner, holds)] as const)
      .filter(([, inner]) => inner !== NO_VALUE),
  );
}
