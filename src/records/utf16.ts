// Text of Windows programs: UTF-16, which is read as the UTF-8 that it would be elsewhere. https://www.unicode.org/versions/latest/core-spec/chapter-23/#G19635

/** Bytes that tell the mark of UTF-16 from that of UTF-32. */
const MARK_BYTES = 4;
/** Bytes that tell UTF-16 without a mark by its zeros: every other byte of what is nearly all ASCII. */
const LOOKED_BYTES = 1024;
const LEAST_BYTES = 16;
/** Share of zeros among every other byte, and at most among the rest. */
const MOST = 0.9;
const HARDLY = 0.05;

type Encoding = 'utf-16le' | 'utf-16be';

/** null for everything else. */
export function utf16Of(head: Buffer): Encoding | null {
  // What begins like UTF-32 is none.
  if (head[0] === 0xff && head[1] === 0xfe) return head[2] === 0 && head[3] === 0 ? null : 'utf-16le';
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be';
  if (head.length < LEAST_BYTES || (head[0] !== 0 && head[1] !== 0)) return null;
  const looked = Math.min(head.length, LOOKED_BYTES) & ~1;
  const zeros = [0, 0];
  for (let at = 0; at < looked; at++) if (head[at] === 0) zeros[at & 1]!++;
  const [even, odd] = zeros as [number, number];
  if (odd >= (looked / 2) * MOST && even <= (looked / 2) * HARDLY) return 'utf-16le';
  return even >= (looked / 2) * MOST && odd <= (looked / 2) * HARDLY ? 'utf-16be' : null;
}

/** The same bytes, or UTF-8 where they are UTF-16. */
export async function* withoutUtf16<End>(
  content: AsyncGenerator<Buffer, End>,
): AsyncGenerator<Buffer, End | null> {
  try {
    let next = await content.next();
    if (next.done) return next.value;
    let first: Buffer = next.value;
    while (first.length < MARK_BYTES) {
      next = await content.next();
      if (next.done) break;
      first = Buffer.concat([first, next.value]);
    }
    const encoding = utf16Of(first);
    if (encoding === null) {
      yield first;
      return next.done ? next.value : yield* content;
    }
    const decoder = new TextDecoder(encoding);
    for (let chunk = first; ; chunk = next.value) {
      const text = decoder.decode(chunk, { stream: true });
      if (text !== '') yield Buffer.from(text, 'utf8');
      if (!next.done) next = await content.next();
      if (next.done) break;
    }
    const rest = decoder.decode();
    if (rest !== '') yield Buffer.from(rest, 'utf8');
    return next.value;
  } finally {
    await content.return(null as End);
  }
}
