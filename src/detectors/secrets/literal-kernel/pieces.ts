// Which three letters of a literal the kernel looks for, and which of these it looks for together. Neither choice changes what is found,
// only how many bytes are looked at twice.

const PIECE = 3;
/** For literals of either case, and as many for exact letters. */
export const BUCKETS = 16;

/** Of a thousand bytes of logs so many are this one, in lower case: counted in simulated and in public logs. */
const OFTEN: Readonly<Record<string, number>> = {
  ...{
    ' ': 80,
    e: 60,
    t: 40,
    a: 38,
    s: 36,
    r: 36,
    n: 32,
    i: 32,
    d: 32,
    o: 32,
    c: 24,
    p: 22,
    l: 18,
    b: 18,
    m: 16,
    f: 18,
  },
  ...{ u: 14, g: 9, h: 9, y: 6, w: 5, v: 5, k: 4, x: 4, z: 3, q: 3, j: 2 },
  ...{ '"': 35, ':': 38, '-': 34, '.': 23, '/': 14, ',': 14, '=': 6, _: 10, "'": 6, '{': 4, '(': 2 },
};
const RARELY = 1;
const DIGIT = 30;
const UPPER = 4;
/** Pieces of words that many lines hold: their letters alone do not tell. */
const COMMON: ReadonlySet<string> = new Set(
  (
    'htt ttp tps ps: p:/ s:/ :// inf nfo err rro ror war arn log ogs get pos ost req que ues est res esp pon ons nse con ect nec ser erv rve ver er. ' +
    'sta tat atu tus ion tio ing ent the and for ess ate use ame nam tim ime mes sag age dat ata 100 200 201 202 000 ses ssi sio pat ath amz ama maz ' +
    'zon azo aws com bot mem ack try mot app ont key tok ken oke sec cre ecr ret pas ass wor ord api acc cou car aut uth cod ode id= sid set not'
  ).split(' '),
);
const COMMON_COST = 1000;
/** Every three letters stand somewhere: what even the rarest costs, in millionths. */
const FLOOR = 20;

function oftenness(letter: string): number {
  if (letter >= '0' && letter <= '9') return DIGIT;
  return letter >= 'A' && letter <= 'Z' ? UPPER : (OFTEN[letter] ?? RARELY);
}

/** In millionths of all positions. */
function costOf(piece: string): number {
  const expected = (oftenness(piece[0]!) * oftenness(piece[1]!) * oftenness(piece[2]!)) / 1000;
  return COMMON.has(piece) ? COMMON_COST : expected + FLOOR;
}

export interface ChosenPiece {
  readonly piece: string;
  readonly offset: number;
}

interface Holders {
  readonly piece: string;
  readonly cost: number;
  readonly texts: number[];
  /** Of these, those that have no piece yet. */
  open: number;
}

/** What comparing one more literal costs, beside looking at a position. */
const LITERAL_COST = 0.1;

/** Of each text three neighbouring letters: few different ones in all, and rare ones. Greedy: what is cheapest for each text it serves. */
export function choosePieces(texts: readonly string[]): ChosenPiece[] {
  const byPiece = new Map<string, Holders>();
  const held = texts.map((text, index) => {
    const pieces: Holders[] = [];
    for (let offset = 0; offset + PIECE + (text.length > PIECE ? 1 : 0) <= text.length; offset++) {
      const piece = text.slice(offset, offset + PIECE);
      let holders = byPiece.get(piece);
      if (holders === undefined) {
        holders = { piece, cost: costOf(piece), texts: [], open: 0 };
        byPiece.set(piece, holders);
      }
      // A text may hold a piece twice.
      if (holders.texts.at(-1) === index) continue;
      holders.texts.push(index);
      holders.open++;
      pieces.push(holders);
    }
    return pieces;
  });
  // What a piece is worth only falls: once the next one was not worth more from the beginning, the best is found.
  const open = [...byPiece.values()].map((holders) => ({ holders, atMost: worthOf(holders) }));
  open.sort((a, b) => b.atMost - a.atMost);
  const chosen: ChosenPiece[] = new Array(texts.length);
  for (let left = texts.length; left > 0; ) {
    let best = open[0]!.holders;
    let most = 0;
    for (const { holders, atMost } of open) {
      if (atMost <= most) break;
      const worth = worthOf(holders);
      if (worth <= most) continue;
      best = holders;
      most = worth;
    }
    left -= best.open;
    for (const index of best.texts) {
      if (chosen[index] !== undefined) continue;
      chosen[index] = { piece: best.piece, offset: texts[index]!.indexOf(best.piece) };
      for (const holders of held[index]!) holders.open--;
    }
  }
  return chosen;
}

function worthOf({ cost, open }: Holders): number {
  return open / (cost * (1 + LITERAL_COST * open));
}

/** Where either case matches, the kernel sets this bit of every byte: upper case letters become lower case. */
const FOLD = 0x20;
/** Upper halves of bytes of ASCII that can be shown, and the share of each byte. */
const HIGHS = [2, 3, 4, 5, 6, 7] as const;
const SHARES = Float64Array.from({ length: 0x80 }, (_, byte) => oftenness(String.fromCharCode(byte)) / 1000);

/** Lower and upper halves that the bytes of a piece may have: a bit each; and the share of all bytes that both together let through. */
interface Bucket {
  readonly lows: Uint16Array;
  readonly highs: Uint16Array;
  readonly shares: Float64Array;
}

/** A piece goes where the fewest bytes more pass that belong to none: a bucket lets through all that its halves can be put together to. */
export function bucketsOf(pieces: readonly string[], exact: boolean): Map<string, number> {
  const buckets = Array.from(
    { length: BUCKETS },
    (): Bucket => ({
      lows: new Uint16Array(PIECE),
      highs: new Uint16Array(PIECE),
      shares: new Float64Array(PIECE),
    }),
  );
  const fold = exact ? 0 : FOLD;
  const bucketOf = new Map<string, number>();
  for (const piece of pieces) {
    let best = 0;
    let least = Number.POSITIVE_INFINITY;
    for (let index = 0; index < BUCKETS; index++) {
      const { shares } = buckets[index]!;
      let passes = 1;
      for (let at = 0; at < PIECE; at++)
        passes *= shareWith(buckets[index]!, at, piece.charCodeAt(at) | fold);
      const more = passes - shares[0]! * shares[1]! * shares[2]!;
      if (more >= least) continue;
      best = index;
      least = more;
    }
    const bucket = buckets[best]!;
    for (let at = 0; at < PIECE; at++) {
      const byte = piece.charCodeAt(at) | fold;
      bucket.shares[at] = shareWith(bucket, at, byte);
      bucket.lows[at]! |= 1 << (byte & 15);
      bucket.highs[at]! |= 1 << (byte >> 4);
    }
    bucketOf.set(piece, best);
  }
  return bucketOf;
}

/** The share of all bytes that a bucket with one more lets through at a place of its pieces. */
function shareWith({ lows, highs, shares }: Bucket, at: number, byte: number): number {
  const half = byte & 15;
  const row = byte >> 4;
  const low = lows[at]!;
  const high = highs[at]! | (1 << row);
  let share = shares[at]!;
  if (high !== highs[at])
    for (let other = 0; other < 16; other++)
      if (((low >> other) & 1) === 1) share += SHARES[(row << 4) | other]!;
  if (((low >> half) & 1) === 0)
    for (const other of HIGHS) if (((high >> other) & 1) === 1) share += SHARES[(other << 4) | half]!;
  return share;
}
