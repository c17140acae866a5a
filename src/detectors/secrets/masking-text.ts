// Where masking went wrong: a mask that covers the smaller half, and a value that is masked in one place of a record and not in the next.

import { checkAssigned } from './checks/assigned-value.ts';
import { isMasked } from './not-a-secret.ts';
import type { Accepted, Candidate, FoundSecret, SecretKind } from './secret-kind.ts';
import { refusalOfValue } from './value-refusals.ts';
import { readName } from './value-tests/secret-names.ts';
import { readWords } from './value-tests/words.ts';

/** A name and its value, masked or not. A mask in brackets is a part of it: `Summer20(***)`. */
const MEMBER =
  /(?<![\w.$-])(?<name>[\w.$-]{0,48}?(?:password|passwd|pwd|passphrase|secret|token|api[_.-]?key))["'`\]]{0,2}(?<given>[ \t]{0,3}(?:=>|:=|=(?![=~])|:(?!:))[ \t]{0,3})["'`]?(?<secret>[^\s"'`<>,;&(){}[\]|\\]{3,256}(?:[[({<]\*{3,64}[\])}>])?)/dgi;
const MASK =
  /[[({<]\*{3,64}[\])}>]$|\*{3,64}|(?:\u00e2\u0080\u00a2){3,64}|\u2022{3,64}|#{4,64}|x{4,64}|X{4,64}/g;
/** A mask and nothing else. */
const ALL_MASKED = /^(?:\*{3,64}|(?:\u00e2\u0080\u00a2){3,64}|\u2022{3,64}|#{4,64}|x{4,64}|X{4,64})$/;
/** One of these stands in every text that MASK finds something in: looking for them costs next to nothing. */
const MASK_BEGINNINGS = ['***', '####', 'xxxx', 'XXXX', '\u2022\u2022\u2022', '\u00e2\u0080\u00a2'];
const mayHoldMask = (text: string): boolean => MASK_BEGINNINGS.some((beginning) => text.includes(beginning));
const BULLET = '\u00e2\u0080\u00a2';
const MAX_MEMBERS = 64;
/** Shown characters from which a half-masked password, and any other half-masked secret, can be guessed. */
const MIN_SHOWN_PASSWORD = 4;
const MIN_SHOWN = 16;
/** What is beside each other: members of one object, or of two in a row. */
const NEAR_CHARACTERS = 400;

interface Member {
  readonly words: string;
  readonly candidate: Candidate;
}

/** Secrets of which a mask hides the smaller part. */
export function findHalfMasked(text: string): FoundSecret[] {
  if (!mayHoldMask(text)) return [];
  const found: FoundSecret[] = [];
  for (const { candidate } of membersOf(text, Number.NaN)) {
    const { secret, start, end, groups } = candidate;
    const shown = secret.replace(MASK, '');
    // A bullet has three bytes.
    const hidden = secret.replaceAll(BULLET, '*').length - shown.length;
    if (hidden === 0 || shown.length <= hidden) continue;
    const isPassword = readName(groups.name!).nameClass === 'password';
    if (shown.length < (isPassword ? MIN_SHOWN_PASSWORD : MIN_SHOWN)) continue;
    // Words beside a mask say what is masked; addresses and paths are masked elsewhere and no secrets.
    const reading = readWords(shown);
    if ((reading.words && reading.digits < 2) || /[/@]|%[0-9A-F]{2}|^\d{1,16}$|\.{3}/i.test(shown)) continue;
    if (!isPassword && !/\d/.test(shown)) continue;
    found.push({
      secret,
      start,
      end,
      verdict: verdictOf(`a mask hides ${hidden} of its ${secret.length} characters`, 0.7),
    });
  }
  return found;
}

/** Secrets in clear whose name has a masked value beside them. They are told where the mask stands: the secret itself is SEC-11's. */
export function findMaskedAndClear(text: string, timeMs: number, kind: SecretKind): FoundSecret[] {
  if (!mayHoldMask(text)) return [];
  const members = membersOf(text, timeMs);
  const masks = members.filter(({ candidate }) => ALL_MASKED.test(candidate.secret));
  if (masks.length === 0) return [];
  const found: FoundSecret[] = [];
  for (const { words, candidate } of members) {
    if (isMasked(candidate.secret)) continue;
    const mask = masks.find(
      (other) =>
        other.words === words && Math.abs(other.candidate.start - candidate.start) <= NEAR_CHARACTERS,
    );
    if (mask === undefined || refusalOfValue(candidate, kind) !== null) continue;
    const verdict = checkAssigned(candidate);
    if ('refused' in verdict || verdict.severity === 'LOW') continue;
    const { start, end } = mask.candidate;
    const why = 'the same name has a masked value beside it';
    found.push({ secret: candidate.secret, start, end, verdict: verdictOf(why, verdict.confidence) });
  }
  return found;
}

function membersOf(text: string, timeMs: number): Member[] {
  const members: Member[] = [];
  for (const match of text.matchAll(MEMBER)) {
    if (members.length >= MAX_MEMBERS) break;
    const groups = match.groups!;
    const name = readName(groups.name!);
    if (name.nameClass === null || name.saysNo) continue;
    const [start, end] = match.indices!.groups!.secret!;
    const candidate = {
      secret: groups.secret!,
      groups,
      text,
      start,
      end,
      timeMs,
      key: groups.name!.toLowerCase(),
    };
    members.push({ words: name.words.join(' '), candidate });
  }
  return members;
}

function verdictOf(why: string, confidence: number): Accepted {
  return { confidence, verified: false, why };
}
