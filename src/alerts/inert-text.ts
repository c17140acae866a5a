// Text for people's mail and chat. What comes from logs is chosen by attackers: it starts no line of its own, hides nothing, and is no link.

import { printable } from '../findings/printable.ts';

/** What mail and chat programs make links of. `s3:` and other schemes that nothing opens stay as they are, to be copied. */
const LINKS = /\b(https?|ftps?|file|mailto|javascript|data):(?=\S)/gi;
const BARE_LINKS = /\bwww\.(?=\S)/gi;

/** One line without control or hidden characters and without links (`http[:]//x`); `maxLength` UTF-16 units before links are broken. */
export function inert(text: string, maxLength = 512): string {
  return printable(text, maxLength).replace(LINKS, '$1[:]').replace(BARE_LINKS, 'www[.]');
}

const ASCII: Readonly<Record<string, string>> = {
  '’': "'",
  '‘': "'",
  '“': '"',
  '”': '"',
  '–': '-',
  '—': '-',
  '…': '...',
  '×': 'x',
  '→': '->',
  '·': '-',
};

/** Printable ASCII alone, at most `maxLength` characters; what has no such form becomes `?`. */
export function asciiLine(text: string, maxLength: number): string {
  const ascii = inert(text, maxLength * 4).replace(/[^ -~]/gu, (character) => ASCII[character] ?? '?');
  return ascii.length <= maxLength ? ascii : `${ascii.slice(0, maxLength - 3)}...`;
}

/** `2026-11-01 12:05 UTC` of an ISO time. */
export function minuteUtc(iso: string): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`;
}

/** `1,234` */
export function countText(count: number): string {
  return String(count).replaceAll(/\B(?=(\d{3})+$)/g, ',');
}

/** `3 findings`, `1 finding`. */
export function pluralText(count: number, noun: string, nouns = `${noun}s`): string {
  return `${countText(count)} ${count === 1 ? noun : nouns}`;
}
