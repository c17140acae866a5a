// SEC-13: keys with which tokens are signed, as arguments of the functions that sign and check them, and as bytes of Python.

import { checkSigningSecret } from '../checks/signing-secret.ts';
import { type Candidate, name, type SecretKind, type Verdict, word } from '../secret-kind.ts';

/** Bytes that are no text are nothing that a person writes under such a name. */
function checkBytes({ secret }: Candidate): Verdict {
  const escapes = secret.match(/\\x[0-9a-f]{2}/g)?.length ?? 0;
  const bytes = secret.length - 3 * escapes;
  if (bytes < 12 || bytes > 128) return { refused: 'wrong-length' };
  return escapes >= 2 ? { confidence: 0.9, verified: false } : { refused: 'dictionary-word' };
}

/** As if it were given to a name: what stands before an argument says nothing of it. */
const checkArgument = (candidate: Candidate): Verdict =>
  checkSigningSecret({
    ...candidate,
    text: `"${candidate.secret}"`,
    start: 1,
    end: candidate.secret.length + 1,
    groups: { ...candidate.groups, name: 'jwt_secret' },
  });

export const SIGNING_ARGUMENT_KINDS: readonly SecretKind[] = [
  {
    name: 'signing-argument',
    title: 'Key among the arguments of what signs or checks a token',
    rule: 'SEC-13',
    severity: 'HIGH',
    literals: word('jwt.sign(', 'jwt.verify(', 'jwt.encode(', 'jwt.decode('),
    pattern:
      /jwt\.(?:sign|verify|encode|decode)\([ ]?(?:\{[^{}\n]{0,200}\}|[\w.$ ]{1,60}),[ ]?(?:key=)?(?:'(?=[^'\n]{6,256}')|"(?=[^"\n]{6,256}"))(?<secret>[^'"\n]{6,256})/dgi,
    check: checkArgument,
    linesOnly: true,
    rank: 0,
    source: 'https://github.com/auth0/node-jsonwebtoken#jwtsignpayload-secretorprivatekey-options-callback',
  },
  {
    name: 'signing-bytes',
    title: 'Key that signs sessions or tokens, as bytes of Python',
    rule: 'SEC-13',
    severity: 'HIGH',
    literals: name('secret_key', 'secret-key', 'secretkey', 'jwt_secret'),
    pattern:
      /(?:secret[_-]?key|jwt_secret)["'\]]{0,2}[ ]?[=:][ ]?b(?:'(?=(?:[^'\\\n]|\\[^\n]){8,400}')|"(?=(?:[^"\\\n]|\\[^\n]){8,400}"))(?<secret>(?:[^"'\\\n]|\\[^\n]){8,400})/dgi,
    check: checkBytes,
    linesOnly: true,
    rank: 1,
    source: 'https://flask.palletsprojects.com/en/stable/config/#SECRET_KEY',
  },
];
