// Runs, repeats and keyboard walks: what fingers type where a value is asked for, and what tests and examples fill in.

const KEYBOARD_ROWS = [
  'qwertyuiopasdfghjklzxcvbnm',
  'qwertzuiopasdfghjklyxcvbnm',
  'azertyuiopqsdfghjklmwxcvbn',
  '1234567890',
  '0987654321',
  '1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik',
];
/** Characters in a row that make a run. */
const SHORTEST_RUN = 4;
/** Share of a value that runs must cover. What has the form of a typed kind has random letters between them now and then. */
const MOSTLY = 0.7;
const NEARLY_ALL = 0.85;
/** Longest unit that repeats: `abc123abc123`. */
const LONGEST_UNIT = 8;

/** Whether a value is mostly runs (`abcdef`, `9876`, `aaaa`, `qwerty`) or one short text again and again. */
export function isSequence(value: string, isTyped = false): boolean {
  const text = value.toLowerCase();
  if (text.length < SHORTEST_RUN) return false;
  return isRepeated(text) || runLength(text) >= text.length * (isTyped ? NEARLY_ALL : MOSTLY);
}

function isRepeated(text: string): boolean {
  for (let unit = 1; unit <= Math.min(LONGEST_UNIT, text.length / 3); unit++) {
    let same = unit;
    while (same < text.length && text[same] === text[same - unit]) same++;
    if (same === text.length) return true;
  }
  return false;
}

/** Characters that stand in runs. */
function runLength(text: string): number {
  let covered = 0;
  for (let start = 0; start + SHORTEST_RUN <= text.length; ) {
    const step = text.charCodeAt(start + 1) - text.charCodeAt(start);
    const length = Math.max(
      step >= -1 && step <= 1 ? stepRun(text, start, step) : 1,
      keyboardRun(text, start),
    );
    if (length >= SHORTEST_RUN) covered += length;
    start += length >= SHORTEST_RUN ? length : 1;
  }
  return covered;
}

function stepRun(text: string, start: number, step: number): number {
  let end = start + 1;
  while (end < text.length && text.charCodeAt(end) - text.charCodeAt(end - 1) === step) end++;
  return end - start;
}

/** Two neighbouring characters of ASCII as one number: few pairs of a random text stand in a row of keys. */
const pairOf = (text: string, at: number): number =>
  (text.charCodeAt(at) << 7) | (text.charCodeAt(at + 1) & 0x7f);
const KEYBOARD_PAIRS = new Uint8Array(1 << 14);
for (const row of KEYBOARD_ROWS)
  for (let at = 0; at + 1 < row.length; at++) KEYBOARD_PAIRS[pairOf(row, at)] = 1;

function keyboardRun(text: string, start: number): number {
  for (let at = start; at < start + SHORTEST_RUN - 1; at++)
    if (KEYBOARD_PAIRS[pairOf(text, at)] !== 1) return 0;
  let longest = 0;
  const beginning = text.slice(start, start + SHORTEST_RUN);
  for (const row of KEYBOARD_ROWS) {
    const at = row.indexOf(beginning);
    if (at < 0) continue;
    let length = SHORTEST_RUN;
    while (start + length < text.length && text[start + length] === row[at + length]) length++;
    longest = Math.max(longest, length);
  }
  return longest;
}
