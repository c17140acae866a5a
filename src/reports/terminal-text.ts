// Text in columns: widths as a terminal shows them, wrapping, colours.

import { stripVTControlCharacters, styleText } from 'node:util';
import type { Severity } from '../findings/finding.ts';

export type Style = Parameters<typeof styleText>[0];

/** Colours a text, or leaves it as it is. */
export type Paint = (style: Style, text: string) => string;

export function createPaint(color: boolean): Paint {
  return color ? (style, text) => styleText(style, text, { validateStream: false }) : (_style, text) => text;
}

/** Seen in the dark and in the light, and told apart without colours by their words. */
export const SEVERITY_STYLES: Readonly<Record<Severity, Style>> = {
  CRITICAL: ['bold', 'white', 'bgRed'],
  HIGH: ['bold', 'redBright'],
  MEDIUM: ['bold', 'yellow'],
  LOW: 'cyan',
  INFO: 'gray',
};

/** Characters that fill two columns: https://www.unicode.org/reports/tr11/ (the main blocks of W and F, and pictographs). */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;
const COMBINING = /\p{M}/u;

/** One column each: nearly all that is told, and asked for with every word of it. */
const NARROW = /^[ -~·…]*$/;

/** Columns of a text; colours fill none. */
export function displayWidth(text: string): number {
  if (NARROW.test(text)) return text.length;
  let width = 0;
  for (const character of stripVTControlCharacters(text))
    width += WIDE.test(character) ? 2 : COMBINING.test(character) ? 0 : 1;
  return width;
}

export function padTo(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - displayWidth(text)));
}

/** The start of a text in at most `width` columns. */
export function clip(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  let clipped = '';
  let used = 0;
  for (const character of text) {
    const next = displayWidth(character);
    if (used + next > width - 1) break;
    clipped += character;
    used += next;
  }
  return `${clipped}…`;
}

/** Lines of at most `width` columns, broken at blanks, and inside a word only where the word alone is longer. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (let word of text.split(' ')) {
    if (line !== '' && displayWidth(line) + 1 + displayWidth(word) > width) {
      lines.push(line);
      line = '';
    }
    while (displayWidth(word) > width) {
      const piece = takeColumns(word, width);
      lines.push(piece);
      word = word.slice(piece.length);
    }
    line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

/** `a · b · c`, broken between the parts where they fit a line. */
export function wrapParts(parts: readonly string[], width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const part of parts) {
    if (line === '') line = part;
    else if (displayWidth(line) + 3 + displayWidth(part) <= width) line = `${line} · ${part}`;
    else {
      lines.push(...wrap(line, width));
      line = part;
    }
  }
  return [...lines, ...wrap(line, width)];
}

/** A shell command in several lines that a shell reads as one: broken before options, with a backslash. Never inside quotes. */
export function wrapCommand(command: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const part of splitBeforeOptions(command)) {
    if (line !== '' && displayWidth(line) + 1 + displayWidth(part) + 2 > width) {
      lines.push(`${line} \\`);
      line = `    ${part}`;
    } else {
      line = line === '' ? part : `${line} ${part}`;
    }
  }
  return [...lines, line];
}

function splitBeforeOptions(command: string): string[] {
  const parts: string[] = [];
  let start = 0;
  let quote = '';
  for (let at = 0; at < command.length; at++) {
    const character = command[at]!;
    if (quote !== '') {
      if (character === quote) quote = '';
    } else if (character === '\\') {
      at++;
    } else if (character === "'" || character === '"') {
      quote = character;
    } else if (command.startsWith(' --', at)) {
      parts.push(command.slice(start, at));
      start = at + 1;
    }
  }
  return [...parts, command.slice(start)];
}

function takeColumns(word: string, width: number): string {
  let piece = '';
  let used = 0;
  for (const character of word) {
    const next = displayWidth(character);
    if (used + next > width && piece !== '') break;
    piece += character;
    used += next;
  }
  return piece;
}

/** `1,234,567`, the same on every machine. */
export function formatCount(count: number): string {
  return String(count).replaceAll(/\B(?=(\d{3})+$)/g, ',');
}

/** `3 objects`, `1 object`. */
export function plural(count: number, noun: string, nouns = `${noun}s`): string {
  return `${formatCount(count)} ${count === 1 ? noun : nouns}`;
}

/** Decimal units, as object stores bill them: `12.4 MB`. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 999.95 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`;
}

/** `0.4 s`, `12 s`, `3 min 20 s`, `2 h 5 min`. */
export function formatSeconds(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}
