// Finds again what an archive holds in secrets, by the shapes in which the simulator writes them and with none of the project's patterns.

/** Base64 of what every private key begins with: it says what it is, and nothing about the key. */
const PUBLIC_BEGINNINGS = ['RSA ', 'EC ', 'OPENSSH ', ''].map((kind) =>
  Buffer.from(['-----BEGIN', `${kind}PRIVATE`, 'KEY-----'].join(' ')).toString('base64'),
);

const SHAPES: readonly { readonly kind: string; readonly pattern: RegExp }[] = [
  {
    kind: 'secret access key',
    pattern: /(?<![\w+/.-])((?=[^\s]*[A-Z])(?=[^\s]*[a-z])[A-Za-z0-9+/]{40})(?![\w+/=.-])/g,
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
        found.set(secret, { kind, text: secret });
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
  // Of a whole key file in base64: the words around the key are no secret.
  const pieces = bytes.split(/-{5}[A-Z ]+-{5}|[A-Z ]*PRIVATE KEY[A-Z ]*-*/);
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
  const pieces = new Map<string, string>();
  const add = (form: string, kind: string, size: number): void => {
    for (let at = 0; at + size <= form.length; at++) pieces.set(form.slice(at, at + size), kind);
  };
  for (const { kind, text } of secrets) {
    for (const form of formsOf(text)) {
      add(form, kind, /^[0-9a-fA-F]+$/.test(form) ? HEXADECIMAL_PIECE_CHARACTERS : PIECE_CHARACTERS);
    }
  }
  return (text) => {
    const leaks: LeakedPiece[] = [];
    for (const size of [PIECE_CHARACTERS, HEXADECIMAL_PIECE_CHARACTERS]) {
      for (let at = 0; at + size <= text.length; at++) {
        const kind = pieces.get(text.slice(at, at + size));
        if (kind !== undefined) leaks.push({ kind, at });
      }
    }
    return leaks;
  };
}
