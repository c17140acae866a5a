// Logs are looked at as latin1: every byte a character, whatever encoding it was. Characters above latin1 lose their upper bits.

export function latin1Bytes(text: string): Uint8Array {
  return Buffer.from(text, 'latin1');
}

let scratch = Buffer.alloc(32 * 1024);

/** As latin1Bytes, in bytes that the next call writes over: only the first `text.length` are the text's. */
export function latin1Scratch(text: string): Uint8Array {
  if (scratch.length < text.length) scratch = Buffer.alloc(text.length * 2);
  scratch.write(text, 0, 'latin1');
  return scratch;
}
