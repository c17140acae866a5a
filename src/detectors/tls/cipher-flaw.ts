// What is wrong with a cipher suite, by its name: IANA's spelling, OpenSSL's, or that of Java before TLS (SSL_...).

import type { Severity } from '../../findings/finding.ts';

export interface CipherFlaw {
  readonly severity: Severity;
  /** In a title: `DynamoDB called` ... */
  readonly how: string;
  readonly why: string;
}

/** What nearly every call has: known without taking the name apart. */
const STRONG: ReadonlySet<string> = new Set([
  'TLS_AES_128_GCM_SHA256',
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-RSA-CHACHA20-POLY1305',
]);

/** Longer than every name in IANA's list. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;

/** By a word of the name: the first that is there counts. */
const BROKEN: readonly { readonly words: readonly string[]; readonly flaw: CipherFlaw }[] = [
  {
    words: ['NULL', 'ENULL'],
    flaw: high('without encryption', 'a NULL cipher signs what is sent but does not encrypt it'),
  },
  {
    words: ['ANON', 'ANULL', 'ADH', 'AECDH'],
    flaw: high(
      'with an anonymous key exchange',
      'no certificate is checked: anybody on the way can be the server',
    ),
  },
  {
    words: ['EXPORT', 'EXPORT40', 'EXPORT1024', 'EXP', 'EXP1024', 'DES40'],
    flaw: high('with an export cipher', 'its keys of 40 or 56 bits are found by trying'),
  },
  { words: ['RC4'], flaw: high('with RC4', 'RC4 leaks what it encrypts; RFC 7465 forbids it in TLS') },
  {
    words: ['3DES', 'CBC3'],
    flaw: high('with 3DES', 'blocks of 64 bits repeat within one long connection (CVE-2016-2183)'),
  },
  { words: ['DES'], flaw: high('with DES', 'its key of 56 bits is found by trying') },
];
const NO_FORWARD_SECRECY: CipherFlaw = {
  severity: 'MEDIUM',
  how: 'without forward secrecy',
  why: 'the keys of a connection hang on one long-lived key: who learns that one reads every connection recorded until then',
};
const CBC_WITH_SHA1: CipherFlaw = {
  severity: 'LOW',
  how: 'with CBC and SHA-1',
  why: 'CBC with SHA-1 has been attacked by timing; the key exchange is sound',
};

const EPHEMERAL: readonly string[] = ['ECDHE', 'DHE', 'EECDH', 'EDH', 'SRP', 'ECCPWD'];
/** Key exchanges by a long-lived key. */
const STATIC: readonly string[] = ['RSA', 'DH', 'ECDH', 'PSK', 'KRB5'];
/** OpenSSL names no key exchange where it is RSA: the name begins with the cipher. */
const OPENSSL_CIPHER = /^(?:AES|CAMELLIA|ARIA)(?:128|256)$|^(?:SEED|IDEA)$/;

/** Of a name that says nothing of itself: null. */
export function flawOfCipher(name: string): CipherFlaw | null {
  if (STRONG.has(name) || !NAME.test(name)) return null;
  const words = name.toUpperCase().split(/[-_]/);
  for (const { words: telling, flaw } of BROKEN) {
    if (telling.some((word) => words.includes(word))) return flaw;
  }
  const exchange = keyExchange(words);
  if (exchange === 'static') return NO_FORWARD_SECRECY;
  const mac = words.at(-1);
  return exchange === 'ephemeral' && (mac === 'SHA' || mac === 'SHA1') ? CBC_WITH_SHA1 : null;
}

function keyExchange(words: readonly string[]): 'ephemeral' | 'static' | 'unknown' {
  const isIana = words[0] === 'TLS' || words[0] === 'SSL';
  const end = words.indexOf('WITH');
  // Without WITH it is a suite of TLS 1.3, which names no key exchange: there it is always ephemeral.
  if (isIana && end < 0) return 'unknown';
  const before = isIana ? words.slice(1, end) : words.slice(0, 1);
  if (before.some((word) => EPHEMERAL.includes(word))) return 'ephemeral';
  if (before.some((word) => STATIC.includes(word))) return 'static';
  return !isIana && OPENSSL_CIPHER.test(before[0]!) ? 'static' : 'unknown';
}

function high(how: string, why: string): CipherFlaw {
  return { severity: 'HIGH', how, why };
}
