// The language of CloudFormation templates: conditions, intrinsic functions, dynamic references. What it does not know is an error, with
// the place. https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html

import { ACCOUNT, REGION } from './arns.ts';

export interface ResourceDefinition {
  readonly Type: string;
  readonly Condition?: string;
  readonly DependsOn?: string | readonly string[];
  readonly DeletionPolicy?: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
}

export interface Template {
  readonly Parameters?: Readonly<Record<string, { readonly Default?: unknown }>>;
  readonly Mappings?: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;
  readonly Conditions?: Readonly<Record<string, unknown>>;
  readonly Resources: Readonly<Record<string, ResourceDefinition>>;
  readonly Outputs?: Readonly<Record<string, { readonly Condition?: string; readonly Value: unknown }>>;
}

/** What a resource is called once it is made: what Ref gives, and what Fn::GetAtt gives. */
export interface Made {
  readonly ref: string;
  readonly attributes: Readonly<Record<string, string>>;
}

export interface Resolver {
  /** The value with everything resolved; undefined for AWS::NoValue. */
  resolve(value: unknown, where: string): Promise<unknown>;
  holds(condition: string): Promise<boolean>;
}

export interface Sources {
  readonly template: Template;
  readonly stackName: string;
  readonly parameters: Readonly<Record<string, string>>;
  /** Makes the resource first where it is not there yet. */
  readonly made: (logicalId: string, where: string) => Promise<Made>;
  /** `secretsmanager:NAME:SecretString`, `ssm:NAME`, ... */
  readonly dynamic: (reference: string) => string;
}

const PSEUDO: Readonly<Record<string, string>> = {
  'AWS::AccountId': ACCOUNT,
  'AWS::Region': REGION,
  'AWS::Partition': 'aws',
  'AWS::URLSuffix': 'amazonaws.com',
};

export function createResolver({ template, stackName, parameters, made, dynamic }: Sources): Resolver {
  async function reference(name: string, where: string): Promise<unknown> {
    if (name === 'AWS::NoValue') return undefined;
    if (name === 'AWS::StackName') return stackName;
    if (name === 'AWS::StackId')
      return `arn:aws:cloudformation:${REGION}:${ACCOUNT}:stack/${stackName}/local`;
    if (name in PSEUDO) return PSEUDO[name];
    if (name in (template.Parameters ?? {})) return parameters[name] ?? template.Parameters![name]!.Default;
    return (await made(name, where)).ref;
  }

  async function attribute(logicalId: string, name: string, where: string): Promise<string> {
    const { attributes } = await made(logicalId, where);
    const value = attributes[name];
    if (value === undefined) throw new Error(`${where}: ${logicalId} has no attribute ${name}`);
    return value;
  }

  async function resolve(value: unknown, where: string): Promise<unknown> {
    if (typeof value === 'string') {
      return value.replaceAll(/\{\{resolve:([^}]+)\}\}/g, (_, inner: string) => dynamic(inner));
    }
    if (Array.isArray(value)) {
      const items = [];
      for (const [i, item] of value.entries()) items.push(await resolve(item, `${where}[${i}]`));
      return items.filter((item) => item !== undefined);
    }
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value);
    const [name, operand] = entries[0] ?? ['', undefined];
    if (entries.length === 1 && (name === 'Ref' || name.startsWith('Fn::'))) {
      const result = await intrinsic(name, operand, `${where}.${name}`);
      // A dynamic reference may be put together by a function.
      return typeof result === 'string' ? resolve(result, where) : result;
    }
    const object: Record<string, unknown> = {};
    for (const [key, inner] of entries) {
      const resolved = await resolve(inner, `${where}.${key}`);
      if (resolved !== undefined) object[key] = resolved;
    }
    return object;
  }

  async function intrinsic(name: string, operand: unknown, where: string): Promise<unknown> {
    if (name === 'Ref') return reference(String(operand), where);
    if (name === 'Fn::GetAtt') {
      const [logicalId = '', ...rest] =
        typeof operand === 'string' ? operand.split('.') : (operand as string[]);
      return attribute(logicalId, rest.join('.'), where);
    }
    if (name === 'Fn::If') {
      const [condition, yes, no] = operand as [string, unknown, unknown];
      return resolve((await holds(condition)) ? yes : no, where);
    }
    if (name === 'Fn::Sub') return substituted(operand, where);
    const resolved = (await resolve(operand, where)) as unknown[];
    if (name === 'Fn::Join') return (resolved[1] as unknown[]).map(String).join(String(resolved[0]));
    if (name === 'Fn::Select') return (resolved[1] as unknown[])[Number(resolved[0])];
    if (name === 'Fn::Split') return String(resolved[1]).split(String(resolved[0]));
    if (name === 'Fn::Base64') return Buffer.from(String(resolved)).toString('base64');
    if (name === 'Fn::FindInMap') {
      const [map, first, second] = resolved as string[];
      const found = template.Mappings?.[map!]?.[first!]?.[second!];
      if (found === undefined) throw new Error(`${where}: no ${map}.${first}.${second} in Mappings`);
      return found;
    }
    throw new Error(`${where}: ${name} is not known`);
  }

  async function substituted(operand: unknown, where: string): Promise<string> {
    const [text, variables] = Array.isArray(operand)
      ? (operand as [string, Record<string, unknown>])
      : [operand as string, {} as Record<string, unknown>];
    let out = '';
    let end = 0;
    for (const match of text.matchAll(/\$\{(!?)([^}]+)\}/g)) {
      out += text.slice(end, match.index);
      end = match.index + match[0].length;
      const name = match[2]!;
      if (match[1] === '!') out += `\${${name}}`;
      else if (name in variables) out += String(await resolve(variables[name], where));
      else if (name.includes('.')) {
        const [logicalId = '', ...rest] = name.split('.');
        out += await attribute(logicalId, rest.join('.'), where);
      } else out += String(await reference(name, where));
    }
    return out + text.slice(end);
  }

  async function holds(name: string): Promise<boolean> {
    const condition = template.Conditions?.[name];
    if (condition === undefined) throw new Error(`there is no condition ${name}`);
    return test(condition, `Conditions.${name}`);
  }

  async function test(condition: unknown, where: string): Promise<boolean> {
    const [name, operand] = Object.entries(condition as object)[0] ?? ['', undefined];
    if (name === 'Condition') return holds(operand as string);
    const operands = operand as readonly unknown[];
    if (name === 'Fn::Equals') {
      const [a, b] = (await resolve(operands, where)) as unknown[];
      return String(a) === String(b);
    }
    const results = [];
    if (['Fn::Not', 'Fn::And', 'Fn::Or'].includes(name))
      for (const each of operands) results.push(await test(each, where));
    if (name === 'Fn::Not') return !results[0]!;
    if (name === 'Fn::And') return results.every(Boolean);
    if (name === 'Fn::Or') return results.some(Boolean);
    throw new Error(`${where}: ${name} is not known`);
  }

  return { resolve, holds };
}
