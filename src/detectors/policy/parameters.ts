// Reading request parameters and responses of calls. Services write the same field as `sSESpecification`, `sseSpecification` or
// `SSESpecification`, so names are compared without case. Nothing throws: what is not of the asked kind is null or ''.

export type Parameters = Readonly<Record<string, unknown>>;

/** Value of a field; an exact name wins over one that differs in case. Undefined when there is none. */
export function field(object: Parameters | null, name: string): unknown {
  if (object === null) return undefined;
  if (Object.hasOwn(object, name)) return object[name];
  const lower = name.toLowerCase();
  for (const key of Object.keys(object)) if (key.toLowerCase() === lower) return object[key];
  return undefined;
}

export function hasField(object: Parameters | null, name: string): boolean {
  return field(object, name) !== undefined;
}

/** `://user:password@`: no name of AWS has it, but a caller may have typed a connection string where a name was asked for. */
const PASSWORD_OF_URL = /(:\/\/[^\s:/@]{0,256}):[^\s/]{1,1024}@/g;

/** Text of a field, for people to read: '' when it is none, and without the password of a URL. */
export function textField(object: Parameters | null, name: string): string {
  const value = field(object, name);
  return typeof value === 'string' ? value.replace(PASSWORD_OF_URL, '$1@') : '';
}

/** A number, also where it is written as text; NaN when it is none. */
export function numberField(object: Parameters | null, name: string): number {
  const value = field(object, name);
  if (typeof value === 'number') return value;
  return typeof value === 'string' && value.trim() !== '' ? Number(value) : Number.NaN;
}

/** A boolean, also where it is written as text; null when it is none. */
export function booleanField(object: Parameters | null, name: string): boolean | null {
  const value = field(object, name);
  if (typeof value === 'boolean') return value;
  const text = typeof value === 'string' ? value.toLowerCase() : '';
  return text === 'true' ? true : text === 'false' ? false : null;
}

export function objectField(object: Parameters | null, name: string): Parameters | null {
  return asObject(field(object, name));
}

export function listField(object: Parameters | null, name: string): readonly unknown[] | null {
  const value = field(object, name);
  return Array.isArray(value) ? value : null;
}

export function asObject(value: unknown): Parameters | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Parameters) : null;
}

/** Depth to which textsIn looks: EC2 wraps a list of ids into three objects. */
const MAX_DEPTH = 6;

/** Texts anywhere in a value that fit the form, each once, in the order of the value; at most `most`. */
export function textsIn(value: unknown, form: RegExp, most: number): string[] {
  const found: string[] = [];
  const look = (part: unknown, depth: number): void => {
    if (found.length >= most) return;
    if (typeof part === 'string') {
      if (form.test(part) && !found.includes(part)) found.push(part);
    } else if (typeof part === 'object' && part !== null && depth < MAX_DEPTH) {
      for (const inner of Object.values(part)) look(inner, depth + 1);
    }
  };
  look(value, 0);
  return found;
}
