// The engine: a text in, the secrets in it out. Views take encodings off; one automaton finds the literals of all kinds; a kind's pattern
// is shown only the text around its own literals; checks and the value tests refuse what is none; where two kinds claim the same
// characters, the one that says more about them has them.

import { latin1Scratch } from '../../lib/latin1.ts';
import type { EpochMs } from '../../records/record.ts';
import { Base64Runs, findBase64Runs } from './base64-runs.ts';
import { KINDS } from './kinds/index.ts';
import { countLeftOut, MAX_NAMES, type MetName } from './left-out.ts';
import { literalsOf } from './literal-forms.ts';
import { createLiteralScan, LiteralHits, type LiteralScan } from './literal-scan.ts';
import type { Accepted, Candidate, Literal, Refusal, SecretKind } from './secret-kind.ts';
import { refusalOfValue } from './value-refusals.ts';
import { stoodIn, viewsOf } from './views/decode.ts';
import type { View, ViewStep } from './views/view.ts';

export interface SecretMatch {
  readonly kind: SecretKind;
  readonly verdict: Accepted;
  /** Never kept, never shown: for a fingerprint. latin1. */
  readonly secret: string;
  /** The name that tells of it, where nothing else does: `db_password`; '' for kinds with a form of their own. Text of the log. */
  readonly name: string;
  /** Where it stands in the text that was scanned, UTF-16 units, end exclusive; all of an encoded stretch where it stands in one. */
  readonly start: number;
  readonly end: number;
  /** Encodings that it was under, outermost first. */
  readonly steps: readonly ViewStep[];
  /** `request.headers.authorization`; '' where it stands in no object. */
  readonly keyPath: string;
}

export interface TextScan {
  /** By where they stand. */
  readonly matches: readonly SecretMatch[];
  /** What looked like a secret of a rule and was none: `SEC-11 placeholder` to how often; and BEYOND_BOUNDS. */
  readonly refused: ReadonlyMap<string, number>;
}

/** Counted beside what was refused: what was not looked at, or only its beginning, since no text may cost more. */
export const BEYOND_BOUNDS = 'text beyond-bounds';

/** Shown to a pattern around a literal when its kind does not say. */
const DEFAULT_BEFORE = 64;
const DEFAULT_BEHIND = 512;
/** Stretches of one text that one kind's pattern is shown, and matches of it that are looked at: bounds the work of a hostile text. */
const MAX_STRETCHES = 64;
const MAX_MATCHES = 64;
/** Matches told of one text. */
const MAX_TOLD = 256;

interface KnownLiteral {
  readonly literal: Literal;
  readonly kinds: readonly SecretKind[];
  /** How far around it these look over the ends of its line. */
  readonly reach: Reach;
}

export interface Reach {
  readonly before: number;
  readonly behind: number;
  /** Only where its line is short. */
  readonly inShortLine: boolean;
}

/** When the record at a position of a text was written. */
export type TimeAt = (at: number) => EpochMs;

/** An engine over some kinds: nearly always all of them (`textScanner`). */
export interface TextScanner {
  readonly literals: LiteralScan;
  /** How far around a literal its kinds look over the ends of its line, characters: 0 for nearly all. */
  reach(literal: number): Reach;
  /** `time` is when the text was written, or when what stands at a position of it was. */
  scan(text: string, time: EpochMs | TimeAt): TextScan;
}

export function createTextScanner(kinds: readonly SecretKind[]): TextScanner {
  const known = knownLiterals(kinds);
  const literals = createLiteralScan(known.map(({ literal }) => literal));
  return {
    literals,
    reach: (literal) => known[literal]!.reach,
    scan(text, time) {
      const timeAt: TimeAt = typeof time === 'number' ? () => time : time;
      const found: Found[] = [];
      const refused = new Map<string, number>();
      const refuse = (kind: SecretKind, refusal: Refusal): void => {
        const name = `${kind.rule} ${refusal}`;
        refused.set(name, (refused.get(name) ?? 0) + 1);
      };
      const { views, cut } = viewsOf(text, (inflated) => mayHold(inflated, literals));
      const leave = (count = 1): void => {
        refused.set(BEYOND_BOUNDS, (refused.get(BEYOND_BOUNDS) ?? 0) + count);
      };
      if (cut > 0) leave(cut);
      const names: MetName[] = [];
      const looked: (readonly [start: number, end: number])[] = [];
      views.forEach((view, order) => {
        for (const [kind, stretches] of stretchesOf(
          view,
          literals,
          known,
          leave,
          order === 0 ? names : null,
        )) {
          for (const stretch of stretches) {
            // Taking encodings off a text leaves most of it as it stood.
            if (order > 0 && stoodIn(views, view, stretch[0], stretch[1])) continue;
            if (!lookAt(kind, view, order, stretch, timeAt, found, refuse, looked)) leave();
          }
        }
      });
      if (names.length > 0)
        countLeftOut(views[0]!.text, names, looked, (rule, refusal) => {
          const name = `${rule} ${refusal}`;
          refused.set(name, (refused.get(name) ?? 0) + 1);
        });
      return { matches: resolve(found, refuse, leave), refused };
    },
  };
}

function knownLiterals(kinds: readonly SecretKind[]): KnownLiteral[] {
  const all: { literal: Literal; kinds: SecretKind[] }[] = [];
  const byText = new Map<string, typeof all>();
  for (const kind of kinds) {
    for (const literal of literalsOf(kind)) {
      const ofText = byText.get(literal.text);
      const same = ofText?.find((known) => asksTheSame(known.literal, literal));
      if (same === undefined) {
        const known = { literal, kinds: [kind] };
        all.push(known);
        if (ofText === undefined) byText.set(literal.text, [known]);
        else ofText.push(known);
      } else if (!same.kinds.includes(kind)) same.kinds.push(kind);
    }
  }
  return all.map(({ literal, kinds: ofLiteral }) => ({
    literal,
    kinds: ofLiteral,
    reach: reachOf(literal, ofLiteral),
  }));
}

function asksTheSame(one: Literal, other: Literal): boolean {
  return (
    one.exact === other.exact &&
    one.assigned === other.assigned &&
    one.near === other.near &&
    one.follows === other.follows &&
    one.login === other.login
  );
}

function reachOf({ near, inShortLine }: Literal, kinds: readonly SecretKind[]): Reach {
  let before = 0;
  let behind = 0;
  for (const kind of kinds) {
    if (kind.overLines !== true) continue;
    before = Math.max(before, kind.before ?? DEFAULT_BEFORE);
    behind = Math.max(behind, kind.behind ?? DEFAULT_BEHIND);
  }
  const most = near ?? Number.POSITIVE_INFINITY;
  return {
    before: Math.min(most, before),
    behind: Math.min(most, behind),
    inShortLine: inShortLine === true,
  };
}

let ofAll: TextScanner | null = null;

/** Of the whole table. Made when it is first asked for: a function starts without text, too. */
export function textScanner(): TextScanner {
  ofAll ??= createTextScanner(KINDS);
  return ofAll;
}

export function scanText(text: string, time: EpochMs): TextScan {
  return textScanner().scan(text, time);
}

const hits = new LiteralHits();
const runs = new Base64Runs();

function mayHold(text: string, literals: LiteralScan): boolean {
  literals.scan(latin1Scratch(text), 0, text.length, hits);
  if (hits.count > 0) return true;
  findBase64Runs(latin1Scratch(text), 0, text.length, runs);
  return runs.count > 0;
}

interface Found {
  readonly kind: SecretKind;
  readonly view: View;
  /** Of the view: what is less encoded comes later. */
  readonly order: number;
  readonly secret: string;
  readonly name: string;
  /** In the view. */
  readonly from: number;
  readonly till: number;
  /** Where what was matched begins: the name that the secret is given to, or the secret itself. */
  readonly matchedFrom: number;
  readonly start: number;
  readonly end: number;
  readonly verdict: Accepted;
}

/** `at`: where the first literal in it stands. */
type Stretch = [from: number, till: number, at: number];

/** The stretches of a view that each kind is to look at: those around its literals, overlapping ones as one. */
function stretchesOf(
  view: View,
  literals: LiteralScan,
  known: readonly KnownLiteral[],
  leave: () => void,
  names: MetName[] | null,
): Map<SecretKind, Stretch[]> {
  const { text } = view;
  literals.scan(latin1Scratch(text), 0, text.length, hits);
  const byKind = new Map<SecretKind, Stretch[]>();
  for (let hit = 0; hit < hits.count; hit++) {
    const at = hits.at[hit]!;
    const { literal, kinds } = known[hits.literal[hit]!]!;
    if (names !== null && literal.assigned && names.length < MAX_NAMES)
      names.push({ at, end: at + literal.text.length, rule: kinds[0]!.rule });
    for (const kind of kinds) {
      const from = Math.max(0, at - (kind.before ?? DEFAULT_BEFORE));
      const till = Math.min(text.length, at + (kind.behind ?? DEFAULT_BEHIND));
      const stretches = byKind.get(kind);
      const last = stretches?.at(-1);
      if (stretches === undefined) byKind.set(kind, [[from, till, at]]);
      else if (last !== undefined && from <= last[1]) last[1] = Math.max(last[1], till);
      else if (stretches.length < MAX_STRETCHES) stretches.push([from, till, at]);
      else leave();
    }
  }
  return byKind;
}

/** Whether all of it was looked at. */
function lookAt(
  kind: SecretKind,
  view: View,
  order: number,
  [from, till, at]: Stretch,
  timeAt: TimeAt,
  found: Found[],
  refuse: (kind: SecretKind, refusal: Refusal) => void,
  looked: (readonly [start: number, end: number])[],
): boolean {
  // One character more on either side, so that a pattern sees what stands at its boundaries.
  const base = Math.max(0, from - 1);
  const text = view.text.slice(base, till + 1);
  const add = (
    at: number,
    secret: string,
    start: number,
    end: number,
    verdict: Accepted,
    name = '',
  ): void => {
    const [originStart, originEnd] = view.origin(base + start, base + end);
    found.push({
      kind,
      view,
      order,
      secret,
      name,
      from: base + start,
      till: base + end,
      matchedFrom: base + Math.min(at, start),
      start: originStart,
      end: originEnd,
      verdict,
    });
  };
  if (kind.find !== undefined) {
    const timeMs = timeAt(view.origin(at, at + 1)[0]);
    const timeIn: TimeAt = (start) => timeAt(view.origin(base + start, base + start + 1)[0]);
    for (const piece of kind.find(text, timeMs, timeIn))
      add(piece.start, piece.secret, piece.start, piece.end, piece.verdict);
    return true;
  }
  if (kind.pattern === undefined) return true;
  let count = 0;
  const { pattern } = kind;
  pattern.lastIndex = 0;
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    if (++count > MAX_MATCHES) return false;
    // No kind matches nothing at all, but one that others hand in may.
    if (match[0] === '') pattern.lastIndex++;
    const candidate = candidateOf(
      match,
      text,
      (start) => timeAt(view.origin(base + start, base + start + 1)[0]),
      (start) => view.keyPath(base + start),
    );
    if (candidate.secret === '') continue;
    if (kind.literals.some(({ assigned }) => assigned))
      looked.push(view.origin(base + match.index, base + match.index + match[0].length));
    const refusal = refusalOfValue(candidate, kind);
    if (refusal !== null) {
      refuse(kind, refusal);
      continue;
    }
    const verdict = kind.check?.(candidate) ?? DEFAULT_VERDICT;
    if ('refused' in verdict) refuse(kind, verdict.refused);
    else {
      const named = kind.rank === 0 ? (candidate.groups.name ?? candidate.key) : '';
      add(match.index, candidate.secret, candidate.start, candidate.end, verdict, named);
    }
  }
  return true;
}

const DEFAULT_VERDICT: Accepted = { confidence: 0.9, verified: false };

/** The name before a value: `db_password` of `"db_password": "`, `db_password=`, `db_password => '`, `--db-password `. */
const KEY_BEFORE =
  /([A-Za-z_][\w.-]{0,63})["'\]\s]{0,3}(?:=>|[=:])[\s"'([{b]{0,4}$|--([A-Za-z][\w-]{0,63})[ =]["']?$/;
const KEY_CHARACTERS = 80;

function candidateOf(
  match: RegExpMatchArray,
  text: string,
  timeAt: TimeAt,
  pathAt: (at: number) => string,
): Candidate {
  const groups = match.groups ?? {};
  const [start, end] = match.indices?.groups?.secret ?? [match.index!, match.index! + match[0].length];
  const secret = text.slice(start, end);
  let key: string | null = null;
  return {
    secret,
    groups,
    text,
    start,
    end,
    get timeMs() {
      return timeAt(start);
    },
    get keyPath() {
      return pathAt(start);
    },
    get key() {
      key ??= keyBefore(text, start);
      return key;
    },
  };
}

function keyBefore(text: string, start: number): string {
  // Whatever gives a value ends like this.
  if (!GIVES.test(text.slice(Math.max(0, start - 6), start))) return '';
  const before = KEY_BEFORE.exec(text.slice(Math.max(0, start - KEY_CHARACTERS), start));
  return (before?.[1] ?? before?.[2] ?? '').toLowerCase();
}
const GIVES = /[=:>][\s"'([{b]{0,4}$|[ =]["']?$/;

/** One kind for each stretch: typed before generic, proven before not, then the surer, the longer, the less encoded, the earlier. */
function resolve(
  found: Found[],
  refuse: (kind: SecretKind, refusal: Refusal) => void,
  leave: (count: number) => void,
): SecretMatch[] {
  found.sort(
    (a, b) =>
      b.kind.rank - a.kind.rank ||
      Number(b.verdict.verified) - Number(a.verdict.verified) ||
      b.verdict.confidence - a.verdict.confidence ||
      b.end - b.start - (a.end - a.start) ||
      b.order - a.order ||
      a.start - b.start ||
      (a.kind.name < b.kind.name ? -1 : 1),
  );
  const kept: Found[] = [];
  for (const [index, piece] of found.entries()) {
    const rival = kept.find((other) => overlaps(piece, other));
    if (rival === undefined) kept.push(piece);
    else if (rival.kind !== piece.kind || rival.secret !== piece.secret) refuse(piece.kind, 'overlapped');
    if (kept.length < MAX_TOLD) continue;
    if (index + 1 < found.length) leave(found.length - index - 1);
    break;
  }
  return kept
    .sort((a, b) => a.start - b.start || a.from - b.from)
    .map(({ kind, verdict, secret, name, start, end, view, from, till, matchedFrom }) => ({
      kind,
      verdict,
      secret,
      name,
      start,
      end,
      steps: view.stepsOf(matchedFrom, till),
      keyPath: view.keyPath(from),
    }));
}

/** In one view their own characters count: all that stands in one encoded stretch has the same place outside. */
function overlaps(a: Found, b: Found): boolean {
  if (a.view === b.view) return a.from < b.till && b.from < a.till;
  return a.start < b.end && b.start < a.end;
}
