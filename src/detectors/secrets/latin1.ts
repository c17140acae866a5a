// Logs are looked at as latin1: every byte a character, whatever encoding it was.

let scratch = new Uint8Array(32 * 1024);

/** As latin1Bytes, in bytes that the next call writes over: only the first `text.length` are the text's. */
export function latin1Scratch(text: string): Uint8Array {
  if (scratch.length < text.length) scratch = new Uint8Array(text.length * 2);
  for (let at = 0; at < text.length; at++) scratch[at] = text.charCodeAt(at);
  return scratch;
}

/** Characters above latin1 lose their upper bits. */
export function latin1Bytes(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at++) bytes[at] = text.charCodeAt(at);
  return bytes;
}
