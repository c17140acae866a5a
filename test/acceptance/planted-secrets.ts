// Finds again what an archive holds in secrets, by the shapes in which the simulator writes them and with none of the project's patterns.

/** Base64 of what every private key begins with: it says what it is, and nothing about the key. */
const PUBLIC_BEGINNINGS = ['RSA ', 'EC ', 'OPENSSH ', ''].map((kind) =>
  Buffer.from(['-----BEGIN', `${kind}PRIVATE`, 'KEY-----'].join(' ')).toString('base64'),
);

const SHAPES: readonly { readonly kind: string; readonly pattern: RegExp }[] = [
  {
    kind: 'secret access key',
    // Names of actions may have 40 letters, but no digit.
    pattern:
      /(?<![\w+/.-])(?=[A-Za-z0-9+/]{40}(?![\w+/=.-]))((?=[^\s]*[A-Z])(?=[^\s]*[a-z])(?=[A-Za-z+/]*\d)[A-Za-z0-9+/]{40})/g,
  },
  { kind: 'signature', pattern: /[Ss]ignature[^0-9a-f]{1,6}([0-9a-f]{64})\b/g },
  { kind: 'signature version 2', pattern: /&Signature=([^&\s"]{20,})/g },
  { kind: 'session token', pattern: /(IQoJb3JpZ2luX2Vj[A-Za-z0-9+/]{200,})/g },
  { kind: 'password of a URL', pattern: /:\/\/[\w.-]*:([^\s:@/"]{8,})@/g },
  { kind: 'password parameter', pattern: /password=([^\s;&"]{8,})/g },
  {
    kind: 'private key',
    pattern: /KEY(?: BLOCK)?-----((?:\s|\\n|\\r|[\w:.-]{10,40}Z |[A-Za-z0-9+/=]){40,}?)-----END/g,
  },
  { kind: 'private key in base64', pattern: /_B64=([A-Za-z0-9+/=]{60,})/g },
  { kind: 'private part of a web key', pattern: /"d":"([\w-]{43})"/g },
];

export interface PlantedSecret {
  readonly kind: string;
  readonly text: string;
}

/** Every secret once. A key over several lines counts line by line, as it might be told. */
export function secretsOf(text: string): PlantedSecret[] {
  const found = new Map<string, PlantedSecret>();
  for (const { kind, pattern } of SHAPES) {
    for (const [, match = ''] of text.matchAll(pattern)) {
      const pieces =
        kind === 'private key'
          ? match.split(/\\n|\\r|\s|[\w:.-]{10,40}Z /).filter((line) => line.length >= 16)
          : [match];
      for (const piece of pieces) {
        const secret = PUBLIC_BEGINNINGS.reduce(
          (rest, beginning) =>
            rest.startsWith(beginning.slice(0, 24)) ? rest.slice(beginning.length) : rest,
          piece,
        );
        if (isTelling(secret)) found.set(secret, { kind, text: secret });
      }
    }
  }
  return [...found.values()];
}

/** What a text of hexadecimal digits, or of base64, stands for, as its bytes would lie in a file: a signature may be kept in 32 of them. */
function bytesOf(secret: string): string[] {
  if (/^(?:[0-9a-f]{2})+$/i.test(secret)) return [Buffer.from(secret, 'hex').toString('latin1')];
  if (!/^[\w+/-]+=*$/.test(secret)) return [];
  const bytes = Buffer.from(secret, 'base64').toString('latin1');
  // A URL, or an object with one: names of hosts and members, which are told. What is secret in it is long enough to be met in the text's own letters.
  if (/^[\x20-\x7e]*$/.test(bytes) && (bytes.length > 100 || bytes.includes('://'))) return [];
  // Of a whole key file in base64 the words around the key are no secret; nor are the members of an object that says whose token it is.
  const pieces = bytes.split(/-{5}[A-Z ]+-{5}|[A-Z ]*PRIVATE KEY[A-Z ]*-*|\{"[\x20-\x7e]{8,}\}/);
  return pieces.filter((piece) => piece.length >= PIECE_CHARACTERS);
}

/** The forms in which a secret may get through by mistake. */
export function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret, 'latin1');
  // Base64 has three forms, by what stands before: what the neighbours decide is cut off.
  const aligned = [0, 1, 2].map((shift) =>
    Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      .replace(/=+$/, '')
      .slice(shift === 0 ? 0 : shift + 1, -1),
  );
  return [
    secret,
    ...aligned,
    ...aligned.map((text) => text.replaceAll('+', '-').replaceAll('/', '_')),
    encodeURIComponent(secret),
    JSON.stringify(secret).slice(1, -1),
    secret.replaceAll('/', '\\/'),
    bytes.toString('hex'),
    bytes.toString('hex').toUpperCase(),
    secret.toLowerCase(),
    [...secret].reverse().join(''),
    ...bytesOf(secret),
  ];
}

/**
 * Characters in a row that count as a piece of a secret. Eight of base64's alphabet are not met by chance (2^48); eight hexadecimal
 * digits (2^32) are, among the ids of an archive, so it takes 12 of them.
 */
const PIECE_CHARACTERS = 8;
const HEXADECIMAL_PIECE_CHARACTERS = 12;

export interface LeakedPiece {
  readonly kind: string;
  /** Where in the text. The piece itself is not told: a failing test must not print it. */
  readonly at: number;
}

/** A search for every piece of every form of the secrets. */
export function createLeakSearch(secrets: readonly PlantedSecret[]): (text: string) => LeakedPiece[] {
  const searches = [PIECE_CHARACTERS, HEXADECIMAL_PIECE_CHARACTERS].map((size) => {
    const pieces = new Map<string, string>();
    for (const { kind, text } of secrets) {
      for (const form of formsOf(text)) {
        if (/^[0-9a-fA-F]+$/.test(form) !== (size === HEXADECIMAL_PIECE_CHARACTERS)) continue;
        for (let at = 0; at + size <= form.length; at++) {
          const piece = form.slice(at, at + size);
          if (isTelling(piece)) pieces.set(piece, kind);
        }
      }
    }
    return pieceSearch(pieces, size);
  });
  return (text) => searches.flatMap((search) => search(text));
}

/** Runs of zeros, which messages of NTLM hold, stand in every database; runs of X are masks. */
function isTelling(piece: string): boolean {
  let different = 1;
  for (let at = 1; at < piece.length && different < 4; at++)
    if (!piece.slice(0, at).includes(piece[at]!)) different++;
  return different >= 4;
}

const BASE = 31;
/** Places of the filter for each piece: few others fall on one that is taken. */
const PLACES_A_PIECE = 64;
const MOST_FILTER_BITS = 22;

/** By a rolling hash (Rabin and Karp): the texts are megabytes, and a string for each place of them is dear. */
function pieceSearch(pieces: ReadonlyMap<string, string>, size: number): (text: string) => LeakedPiece[] {
  let leaving = 1;
  for (let n = 0; n < size; n++) leaving = Math.imul(leaving, BASE);
  const bits = Math.min(MOST_FILTER_BITS, Math.ceil(Math.log2((pieces.size + 1) * PLACES_A_PIECE)));
  const filter = new Uint8Array(1 << bits);
  const slotOf = (hash: number): number => Math.imul(hash, 0x9e3779b1) >>> (32 - bits);
  for (const piece of pieces.keys()) {
    let hash = 0;
    for (let at = 0; at < size; at++) hash = (Math.imul(hash, BASE) + piece.charCodeAt(at)) | 0;
    filter[slotOf(hash)] = 1;
  }
  return (text) => {
    const leaks: LeakedPiece[] = [];
    let hash = 0;
    for (let end = 0; end < text.length; end++) {
      hash = (Math.imul(hash, BASE) + text.charCodeAt(end)) | 0;
      if (end >= size) hash = (hash - Math.imul(leaving, text.charCodeAt(end - size))) | 0;
      const at = end - size + 1;
      if (at < 0 || filter[slotOf(hash)] === 0) continue;
      const kind = pieces.get(text.slice(at, at + size));
      if (kind !== undefined) leaks.push({ kind, at });
    }
    return leaks;
  };
}

/** Names of the items with a leak, by what was written into them. A string is searched once, however often it was written. */
export function leakingContents(
  contents: readonly (readonly [name: string, content: Uint8Array])[],
  search: (text: string) => LeakedPiece[],
): string[] {
  const searched = new Set<string>();
  const leaking = new Set<string>();
  for (const [name, content] of contents) {
    for (const part of [name, ...Buffer.from(content).toString('latin1').split('"')]) {
      if (searched.has(part)) continue;
      searched.add(part);
      if (search(part).length > 0) leaking.add(name.split('|')[0]!);
    }
  }
  return [...leaking];
}
