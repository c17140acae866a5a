// Names and whether what they are given is a secret. A name is read as words: `DB_PASSWORD`, `dbPassword` and `db.password` are the same.

import { ownText } from '../../../lib/own-text.ts';

import { partsOf } from './words.ts';

export type NameClass = 'password' | 'secret' | 'api-key' | 'token' | 'encryption-key';

/** How a name ends, the longer ending first: the words before it only say whose it is. */
const ENDINGS: readonly (readonly [NameClass, string])[] = [
  [
    'encryption-key',
    'encryption key; encrypt key; encryptionkey; decryption key; cipher key; aes key; hmac key; hmac secret; master key; masterkey; signing key; signingkey; signature key; crypto key',
  ],
  [
    'api-key',
    'api key; apikey; app key; appkey; application key; access key; secret key; secretkey; private key; privatekey; subscription key; service key; server key; auth key; authkey; integration key; developer key; consumer key; write key; ingest key; ingestion key; webhook key; account key; rest key; license secret; private api key; admin key; deploy key; storage key; functions key; host key secret',
  ],
  [
    'token',
    'access token; accesstoken; refresh token; refreshtoken; auth token; authtoken; authentication token; authorization token; api token; apitoken; bearer token; oauth token; id token; user token; bot token; app token; service token; deploy token; personal token; private token; secret token; session token; sessiontoken; registry token; admin token; root token; bootstrap token; login token; security token; job token; runner token; webhook token; client token; device token secret; token',
  ],
  [
    'secret',
    'client secret; clientsecret; app secret; appsecret; shared secret; sharedsecret; api secret; apisecret; consumer secret; webhook secret; token secret; oauth secret; jwt secret; session secret; cookie secret; signing secret; hash secret; secret',
  ],
  [
    'password',
    'password; password confirmation; password confirm; passwordconfirmation; passwd; passwrd; pwd; pass; passphrase; pass phrase; passcode; pswd; psw; passwort; kennwort; senha; contrasena; mot de passe; motdepasse; mdp; wachtwoord; haslo; parola; pw; bindpw; rootpw; userpw; psk; pre shared key; preshared key; presharedkey',
  ],
];

/** Written as one word at the end of a longer one: `dbpassword`, `userpasswd`. */
const JOINED_ENDINGS: readonly (readonly [NameClass, RegExp])[] = [
  ['password', /(?:password|passwd|passphrase|passwort|kennwort|contrasena)$/],
  [
    'password',
    /^(?:db|sql|my|root|user|admin|login|mysql|pg|ftp|smtp|ldap|mail|key|store|keystore|truststore)(?:pwd|pass)$/,
  ],
  ['api-key', /(?:apikey)$/],
  ['token', /^(?:access|refresh|auth|api|bearer|oauth|session|user|bot)token$/],
  ['secret', /^(?:client|app|shared|api|consumer|webhook)secret$/],
];

/** Words before or behind that make a name one of a rule, a flag, a count, a place, or of something that is public. */
const SAYS_NO: Readonly<Record<NameClass, ReadonlySet<string>>> = {
  password: words(
    'no not non forgot forgotten reset has is are was show hide hidden require required requires need needs use uses using valid invalid wrong bad incorrect missing without expired expires expiry ask prompt enter type policy hint strength length min max minimum maximum age last field label placeholder regex pattern rule rules encoder validator error errors message url uri link path file filename arn id name enabled disabled allow allowed force can should must first boarding fly by com multi single second render shader low high all any two render test tests suite ice',
  ),
  secret: words(
    'no not has is are use uses with without missing invalid wrong name id arn path file ref key version type expires expiry open top public namespace volume kubernetes',
  ),
  'api-key': words(
    'no not has is missing invalid wrong public publishable name id ids arn path file primary foreign partition sort cache object s3 row range shard routing dedup idempotency composite unique index map kms host fingerprint metric registry',
  ),
  token: words(
    'amz aws no not has is are missing invalid wrong unexpected expected unknown syntax next continuation page pagination paging cursor csrf xsrf antiforgery idempotency sync request change lock cancellation cancel design fencing task upload resume resumption type count counts max min num number total prompt completion input output cached special stop start end eos bos pad unk mask tracking correlation trace position offset marker lexer parser current previous prev last first delta skip query name id arn path file uri url endpoint expires expiry ttl length limit budget per usage used remaining index verification email invite invitation reset unsubscribe confirm confirmation activation device apns fcm push contract erc address symbol mint native lp swap cart basket checkout ec form progress',
  ),
  'encryption-key': words(
    'no not has is missing public name id arn path file alias kms ref version type rotation primary foreign fingerprint customer',
  ),
};

function words(text: string): ReadonlySet<string> {
  return new Set(text.split(' '));
}

const BY_ENDING = ENDINGS.flatMap(([name, list]) =>
  list.split('; ').map((ending) => [name, ` ${ending}`] as const),
).sort((a, b) => b[1].length - a[1].length);

export interface NameReading {
  /** null: the name says nothing of a secret. */
  readonly nameClass: NameClass | null;
  readonly words: readonly string[];
  /** The words before the ending: whose it is. */
  readonly owner: readonly string[];
  /** A word says that the value is none. */
  readonly saysNo: boolean;
}

/** `"passwords": ["..."]` */
const LIST = /^(?:.{0,20}passwords|secrets|(?:api)?keys)$/;

/** `contraseña` in latin1 and in UTF-8 that is read as latin1. */
const SPANISH = /contrase(?:\u00f1|\u00c3\u00b1)a/g;

/** Logs give their values the same names again and again. */
const readings = new Map<string, NameReading>();
const MAX_READINGS = 1024;

export function readName(name: string): NameReading {
  const known = readings.get(name);
  if (known !== undefined) return known;
  const own = ownText(name);
  const reading = readAfresh(own);
  if (readings.size >= MAX_READINGS) readings.clear();
  readings.set(own, reading);
  return reading;
}

function readAfresh(name: string): NameReading {
  // Passwords and keys are numbered: password1, api_key_2.
  const parts = partsOf(name.replace(SPANISH, 'contrasena')).filter((part) => !/^\d+$/.test(part));
  const list = parts.at(-1);
  if (list !== undefined && LIST.test(list)) parts[parts.length - 1] = list.slice(0, -1);
  const joined = ` ${parts.join(' ')}`;
  for (const [nameClass, ending] of BY_ENDING) {
    if (!joined.endsWith(ending)) continue;
    const owner = joined
      .slice(0, -ending.length)
      .trim()
      .split(' ')
      .filter((word) => word !== '');
    return { nameClass, words: parts, owner, saysNo: owner.some((word) => SAYS_NO[nameClass].has(word)) };
  }
  const last = parts.at(-1) ?? '';
  for (const [nameClass, ending] of JOINED_ENDINGS)
    if (ending.test(last)) {
      const owner = parts.slice(0, -1);
      return {
        nameClass,
        words: parts,
        owner,
        saysNo:
          owner.some((word) => SAYS_NO[nameClass].has(word)) ||
          /^(?:no|has|is|forgot|reset|show|hide)(?:pass|pwd)/.test(last),
      };
    }
  return { nameClass: null, words: parts, owner: [], saysNo: NO_SECRET_ENDING.test(last) };
}

/** Names of generic kinds of other families that end like this say no for all of them. */
const NO_SECRET_ENDING =
  /^(?:id|ids|arn|name|type|count|length|url|uri|path|file|at|policy|enabled|expiry|expires|version|hash|fingerprint|size|limit|alias)$/;
