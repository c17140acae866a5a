// Logs are looked at as latin1: every byte a character, whatever encoding it was.

/** Characters above latin1 lose their upper bits. */
export function latin1Bytes(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at++) bytes[at] = text.charCodeAt(at);
  return bytes;
}
