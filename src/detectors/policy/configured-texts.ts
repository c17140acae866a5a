// What a call configures for a program to read: environment variables, commands, build steps and parameters, as lines of text.

import { asObject, type Parameters, textField } from './parameters.ts';

/** Names of a setting and of its value, as services write them: ECS and Batch, CloudFormation, Elastic Beanstalk. */
const NAME_FIELDS = ['name', 'parameterKey', 'optionName'] as const;
const VALUE_FIELDS = ['value', 'parameterValue'] as const;
/** Words of people and labels of things: no program reads its settings there. */
const NOT_SETTINGS = /^(?:description|tags|tagset|clientrequesttoken)$/i;

const MAX_DEPTH = 12;
/** A task definition has 10 containers at most, a stack 200 parameters; what is longer is cut. */
const MAX_VALUES = 4000;
const MAX_TEXT = 64 * 1024;

/**
 * `NAME=value` for each setting, words of a command in one line, other texts as they are. Bounded in depth, number and length: whoever
 * makes the call writes all of it.
 */
export function configuredTexts(parameters: Parameters | null): string[] {
  const texts: string[] = [];
  let values = 0;
  let length = 0;
  const add = (text: string): void => {
    if (length >= MAX_TEXT) return;
    texts.push(text.slice(0, MAX_TEXT - length));
    length += text.length;
  };
  const look = (name: string, value: unknown, depth: number): void => {
    if (++values > MAX_VALUES || length >= MAX_TEXT || depth > MAX_DEPTH) return;
    if (typeof value === 'string') return add(name === '' ? value : `${name}=${value}`);
    if (Array.isArray(value)) {
      // The words of a command belong together.
      if (value.every((item) => typeof item === 'string')) return add(value.slice(0, MAX_VALUES).join(' '));
      for (const item of value) look('', item, depth + 1);
      return;
    }
    const object = asObject(value);
    if (object === null) return;
    const setting = settingOf(object);
    if (setting !== null) return add(setting);
    for (const key of Object.keys(object)) if (!NOT_SETTINGS.test(key)) look(key, object[key], depth + 1);
  };
  look('', parameters, 0);
  return texts;
}

function settingOf(object: Parameters): string | null {
  const name = firstText(object, NAME_FIELDS);
  const value = firstText(object, VALUE_FIELDS);
  // A parameter of Parameter Store is such an object, too, with a path for a name.
  return name === '' || value === '' ? null : `${name.slice(name.lastIndexOf('/') + 1)}=${value}`;
}

function firstText(object: Parameters, names: readonly string[]): string {
  for (const name of names) {
    const text = textField(object, name);
    if (text !== '') return text;
  }
  return '';
}
