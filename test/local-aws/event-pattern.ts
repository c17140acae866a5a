// Event patterns as EventBridge reads them. An operator that is not known here is refused when the rule is written.
// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html

import { ServiceError } from './errors.ts';
import { matchesWildcard } from './wildcard.ts';

export type EventPattern = Readonly<Record<string, unknown>>;

/** Throws InvalidEventPatternException for what would not be understood. */
export function readEventPattern(text: string): EventPattern {
  let pattern: unknown;
  try {
    pattern = JSON.parse(text);
  } catch {
    throw invalid('is no JSON');
  }
  if (!isObject(pattern) || Object.keys(pattern).length === 0) throw invalid('is no object with a field');
  check(pattern);
  return pattern;
}

export function matchesPattern(pattern: EventPattern, event: unknown): boolean {
  return Object.entries(pattern).every(([field, wanted]) => {
    if (field === '$or') return (wanted as readonly EventPattern[]).some((one) => matchesPattern(one, event));
    const held = isObject(event) ? event[field] : undefined;
    if (!Array.isArray(wanted)) {
      const parts = Array.isArray(held) ? held : [held];
      return parts.some((part) => matchesPattern(wanted as EventPattern, part));
    }
    return matchesOneOf(wanted, held);
  });
}

/** The values of one field, any of which will do. `held` is undefined where the event has no such field. */
export function matchesOneOf(wanted: readonly unknown[], held: unknown): boolean {
  const values = Array.isArray(held) ? (held.length === 0 ? [undefined] : held) : [held];
  return wanted.some((rule) => values.some((value) => matchesValue(rule, value)));
}

function matchesValue(rule: unknown, value: unknown): boolean {
  if (!isObject(rule)) return rule === value;
  return Object.entries(rule).every(([operator, operand]) => OPERATORS[operator]!(operand, value));
}

const OPERATORS: Readonly<Record<string, (operand: unknown, value: unknown) => boolean>> = {
  // A field that holds an object is none of those that a pattern can ask for: exists looks at leaves only.
  exists: (operand, value) => (value !== undefined && !isObject(value)) === operand,
  prefix: (operand, value) => typeof value === 'string' && value.startsWith(operand as string),
  suffix: (operand, value) => typeof value === 'string' && value.endsWith(operand as string),
  wildcard: (operand, value) =>
    typeof value === 'string' && matchesWildcard(operand as string, value, { one: false }),
  'equals-ignore-case': (operand, value) =>
    typeof value === 'string' && value.toLowerCase() === (operand as string).toLowerCase(),
  'anything-but': (operand, value) => {
    if (value === undefined) return false;
    const refused = Array.isArray(operand) ? operand : [operand];
    return !refused.some((one) =>
      isObject(one)
        ? Object.entries(one).some(([operator, inner]) =>
            (Array.isArray(inner) ? inner : [inner]).some((each) => OPERATORS[operator]!(each, value)),
          )
        : one === value,
    );
  },
  numeric: (operand, value) => {
    if (typeof value !== 'number') return false;
    const parts = operand as readonly unknown[];
    for (let i = 0; i < parts.length; i += 2) {
      if (!compare(value, String(parts[i]), Number(parts[i + 1]))) return false;
    }
    return true;
  },
};
/** What may stand inside anything-but. */
const NEGATED = ['prefix', 'suffix', 'equals-ignore-case', 'wildcard'];

function compare(value: number, operator: string, bound: number): boolean {
  if (operator === '=') return value === bound;
  if (operator === '<') return value < bound;
  if (operator === '<=') return value <= bound;
  if (operator === '>') return value > bound;
  return value >= bound;
}

function check(pattern: Readonly<Record<string, unknown>>): void {
  for (const [field, wanted] of Object.entries(pattern)) {
    if (field === '$or') {
      if (!Array.isArray(wanted) || wanted.length < 2 || !wanted.every(isObject))
        throw invalid('$or needs two patterns');
      for (const one of wanted) check(one);
    } else if (Array.isArray(wanted)) {
      if (wanted.length === 0) throw invalid(`${field}: an empty list matches nothing`);
      for (const rule of wanted) checkRule(field, rule);
    } else if (isObject(wanted)) check(wanted);
    else throw invalid(`${field}: must be a list or an object`);
  }
}

function checkRule(field: string, rule: unknown): void {
  if (!isObject(rule)) return;
  const names = Object.keys(rule);
  if (names.length !== 1 || !(names[0]! in OPERATORS))
    throw invalid(`${field}: ${names.join(', ')} is not known`);
  const inner = rule['anything-but'];
  for (const one of Array.isArray(inner) ? inner : [inner]) {
    if (!isObject(one)) continue;
    const unknown = Object.keys(one).filter((operator) => !NEGATED.includes(operator));
    if (unknown.length > 0) throw invalid(`${field}: anything-but ${unknown.join(', ')} is not known`);
  }
  const numbers = rule.numeric;
  if (numbers === undefined) return;
  const good =
    Array.isArray(numbers) &&
    (numbers.length === 2 || numbers.length === 4) &&
    numbers.every((part, i) =>
      i % 2 === 0 ? ['=', '<', '<=', '>', '>='].includes(part as string) : typeof part === 'number',
    );
  if (!good) throw invalid(`${field}: numeric is not written as it must be`);
}

function invalid(what: string): ServiceError {
  return new ServiceError('InvalidEventPatternException', `Event pattern is not valid. Reason: ${what}`);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
