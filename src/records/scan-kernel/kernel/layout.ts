// What the caller and the parts of the kernel have in common: marks of JSON, the window, what is told, memory.

// Results and kinds, as in the twin.
export const INCOMPLETE: i32 = -1;
export const MALFORMED: i32 = -2;
export const ESCAPED_KEY: i32 = -3;
export const TOO_DEEP: i32 = -4;
export const TEXT: u8 = 1;
export const ESCAPED_TEXT: u8 = 2;
export const LITERAL: u8 = 3;
export const NULL: u8 = 4;
export const OBJECT: u8 = 5;
export const ARRAY: u8 = 6;

export const QUOTE: u8 = 0x22;
export const BACKSLASH: u8 = 0x5c;
export const COMMA: u8 = 0x2c;
export const COLON: u8 = 0x3a;
export const OPEN_BRACE: u8 = 0x7b;
export const CLOSE_BRACE: u8 = 0x7d;
export const CLOSE_BRACKET: u8 = 0x5d;
/** Brackets differ from braces by this bit, and no other byte becomes a brace by it. */
export const BRACE_BIT: u8 = 0x20;

/** Bytes to scan lie in the window. Blocks may be loaded across its end; what is behind `end` never counts. */
export const WINDOW_BYTES: usize = 65536;
export const WINDOW: usize = memory.data(65536 + 64);
export const MAX_SLOTS: usize = 64;
/**
 * What scan tells, in one block that is copied at once: a start and an end (i32) of each slot, twelve numbers (i32), the time (f64),
 * and a kind (u8) of each slot.
 */
export const TOLD: usize = memory.data(64 * 4 + 64 * 4 + 12 * 4 + 8 + 64, 16);
export const STARTS: usize = TOLD;
export const ENDS: usize = TOLD + 64 * 4;
export const NUMBERS: usize = TOLD + 128 * 4;
export const TIME: usize = TOLD + 140 * 4;
export const KINDS: usize = TOLD + 142 * 4;

/**
 * Positions in NUMBERS: of the four numberings, of their combination, of the identity's form (0 no GUID, 1 in lower case, 2 not) and
 * lanes, of the checksum.
 */
export const COMBINED: usize = NUMBERS + 4 * 4;
export const GUID_FORM: usize = NUMBERS + 5 * 4;
export const GUID_LANES: usize = NUMBERS + 6 * 4;
export const CHECKSUM: usize = NUMBERS + 10 * 4;

let free: usize = __heap_base;

/** Memory is zero, is never given back, and holds the keys of the caller and MAX_OTHER_KEYS for each of its levels. */
export function allocate(bytes: usize): usize {
  const at = free;
  free += (bytes + 15) & ~15;
  return at;
}
