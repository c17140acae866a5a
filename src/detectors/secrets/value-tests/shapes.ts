// Values that are no secrets by their form: code, places, times, numbers, names of things. Tables first, so that they can be read.

/** What a program would compute the value from. */
const CODE: readonly RegExp[] = [
  /^[A-Za-z_$][A-Za-z_$.:]{0,80}(?:\(|\[['":\d\]-]|->|\?\.)/, // getenv(...), settings['x'], $this->password
  /^[A-Za-z_$][\w$]{0,40}(?:(?:\.|::)[A-Za-z_$][\w$]{0,40}){1,6}\(/, // hashlib.sha256(
  /^(?:new|await|async|return|typeof|lambda|function|fn|let|const|var)\b/,
  /^(?:this|self|props|state|config|cfg|settings|env|process|os|user|data|params|args|opts|options|req|request|res|body|form|form_data|payload|credentials|creds|account|session|ctx|context|event|obj|item|row|e|t|n|r|o|i|a)\.[A-Za-z_$.]{1,80}$/,
  /^[a-z_$][\w$]{0,40}(?:\.[A-Za-z_$][A-Za-z_$]{2,40}){1,6}$/, // config.database.password
  /^(?:str|string|text|int|integer|bool|boolean|bytes|byte\[\]|char\[\]|object|any|array|list|dict|map|varchar|nvarchar|uuid|number|float|double|long|date|datetime|timestamp|secretstr|optional|unknown|never|void|password|jwt)(?:[!?*;,)]|\[\]|\(\d{1,5}\)|\s?\|.{0,20})?$/i,
  /^(?:String|Int|ID|Boolean|Float|Password|Secret|Token|Email|Data|UUID)[!?]\]?!?$/, // types of GraphQL, optionals of Swift
  /^(?:self|this)\.[\w$.]{1,80}[[(]/, // self.cache[key]
  /^(?:typing\.|t\.)?(?:Optional|Option|Union|List|Dict|Map|Array|Annotated|Field|Column|Promise|Observable)\b[[<(]/,
  /^[a-z_]\w{0,60}\[-?\d{0,6}:-?\d{0,6}\]?$/, // a part of a text: key[:32]
  /^(?:[a-z]{1,24}_){0,3}(?:password|passwd|secret|token)_(?:ptr|buf|buffer|len|hash|field|value|input|str|bytes)$/, // a variable of its own name
  /^[A-Z][A-Za-z]{1,30}(?:\.[A-Z][A-Za-z]{1,40}){1,3}$/, // NodeJS.ArrayBufferView
  /^[\w.$]{0,60}(?:=>|===|!==|\|\||&&|\?\?|==[^=])/, // arrows and comparisons of minified code
  /^!?[\w$.]{1,12}\?[\w$.!"']{1,40}[:(]/, // one of two, minified
  /^[!?+*|&=<>,.:;/\\()[\]{}@#$%^~-]{1,8}$/,
  /^[([{)\]},;][^0-9]{0,200}$/,
  /^[a-z]\.[a-z]{1,2}(?:\.|$)/i, // minified members
  /^\^?[\w.]{0,20}(?:\[(?:\^|[a-zA-Z]-|0-9|\\[wds])|\.[*+?]|\\[wdsWDS][*+?{])/, // regular expressions
  /^[\w$.]{1,40}[)}\]][\w$.,;)}]{0,60}[({=]/, // `e}visit(e){` of minified code
  /^[A-Z][A-Za-z0-9_.]{2,60}\):?$/, // the type of the last parameter
  /^0x[0-9a-f]{6,16}$/i, // an address in memory
  /^<?[\w.]{1,60} object at 0x/i,
  /^(?:\[[BCDFIJSZ]|\[?L?[a-z][\w$]{0,40}(?:\.[\w$]{1,60}){1,8};?)@[0-9a-f]{4,8}[;,)\]}]{0,2}$/, // an object of Java that has no text: com.acme.Secret@1b2c3d4e, [C@1b2c3d4e
  /^#<|^\[object |^\[Function|^Symbol\(/,
];

/** What is measured, called or lives somewhere. */
const PLAIN_VALUES: readonly RegExp[] = [
  /^(?:[a-z][a-z0-9+.-]{1,20}:)?\/\/[^\s]{1,500}$/i, // URLs
  /^(?:arn:aws|urn:|projects\/|secretsmanager|ssm:\/|vault:|op:\/\/|gcp-secret|azurekeyvault|kv\/)/i,
  /^(?:~|\.{1,2})?\/(?:[\w.@-]{1,64}\/){0,16}[\w.@-]{0,64}$/, // paths; see isPath for those that base64 could be
  /^@(?:~|\.{1,2})?\/[\w./-]{1,200}$/, // `password=@/run/secrets/db`: the file that holds it
  /^[A-Za-z]:\\/,
  /^AWS::[A-Z][A-Za-z0-9]{1,40}::/, // types of CloudFormation
  /^\d{4}-\d{2}-\d{2}(?:[T ][\d:.,+Z-]{0,30})?$/,
  /^\d{1,2}[/.]\d{1,2}[/.]\d{2,4}$/,
  /^(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6},? \d/i,
  /^[+-]?\d{1,15}(?:[.,]\d{1,12}){0,2}(?:e[+-]?\d{1,3})?(?:\s?(?:%|ms|us|ns|s|sec|secs|seconds|m|min|minutes|h|hours|d|days|b|kb|mb|gb|kib|mib|gib|bytes|chars|characters|px|rem|em))?$/i,
  /^\d{1,3}(?:\.\d{1,3}){3}(?:[:/]\d{1,5})?$/, // addresses
  /^\[?[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,7}\]?(?:\/\d{1,3})?$/i,
  /^v?\d{1,4}(?:\.\d{1,6}){1,3}(?:[-+][\w.]{1,40})?$/, // versions
  /^[\w.+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){0,4}\.[A-Za-z]{2,16}$/, // mail addresses
  /^(?:[a-z0-9-]{1,63}\.){1,6}(?:com|net|org|io|dev|local|internal|example|test|invalid|cloud|svc|aws|co|uk|de|fr|eu|us)(?::\d{1,5})?$/i,
  /^[\w-]{1,60}\.(?:txt|json|ya?ml|pem|key|crt|cer|env|ini|cfg|conf|js|ts|jsx|tsx|py|rb|go|java|kt|rs|cs|php|html?|css|xml|md|log|properties|csv|png|jpe?g|gif|svg|vue|sh|sql)(?::\d{1,6}){0,2}$/i,
  /^(?:ENC[([]|\{cipher\}|AQIC[AB]|vault:v\d|sops|\$ANSIBLE_VAULT|enc:|encrypted:|kms:|Ag[A-D][A-Za-z0-9+/]{200}|gAAAAA[B-Z][A-Za-z0-9_-]{80})/, // ciphertexts of Jasypt, SOPS, Spring Cloud Config, KMS, Vault, sealed secrets, Fernet
  /^\$(?:argon2|2[abxy]|scrypt|y|7|5|6|1|apr1|P|H|S|sha1|pbkdf2|md5)[^$]{0,40}\$/, // hashes: SEC-18 weighs them
  /^\{(?:S?SHA\d{0,3}|S?MD5|CRYPT|bcrypt|scrypt|pbkdf2|argon2)[^}]{0,20}\}/i,
  /^(?:pbkdf2|bcrypt|argon2|scrypt|sha1|sha256|sha512|md5|unsalted_\w{2,5}|crypt)(?:_\w{1,12})?[$:]/,
  /^(?:hmac-)?(?:sha(?:1|224|256|384|512)|md5|crc32)[-:=]/i,
];

/** Ids that are put into logs to be read. */
const IDENTIFIERS: readonly RegExp[] = [
  /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/, // ULID: https://github.com/ulid/spec
  /^(?:i|vpc|subnet|sg|ami|vol|snap|eni|igw|rtb|acl|vpce|nat|eipalloc|tgw|lt|req|txn|evt|cus|ch|pi|in|sub|prod|price|acct|msg|usr|org|proj|run|job|sess|tok|card|src|plan|sku|ord)[-_][0-9a-zA-Z]{6,40}$/,
  /^\d-[0-9a-f]{8}-[0-9a-f]{24}/, // X-Amzn-Trace-Id: https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html
  /^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/, // https://www.w3.org/TR/trace-context/
  /^(?:AK|AS|AI|AR|AG|AN|AB|AC)[A-Z]A[A-Z2-7]{16}$/, // unique ids of IAM
  /^W\//, // a weak ETag
];
const UUID = /^\{?[0-9a-f]{8}-?(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\}?$/i;
const DIGEST = /^(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{56}|[0-9a-f]{64}|[0-9a-f]{96}|[0-9a-f]{128})$/i;
/** Words that say that the value is to be told apart by, not to be kept. */
const ID_WORDS: ReadonlySet<string> = new Set(
  'trace span request commit sha etag digest checksum uuid guid correlation message event fingerprint revision id ids hash crc md sum thumbprint serial nonce ref'.split(
    ' ',
  ),
);
const MAX_NAME_WORDS_BEFORE = 32;

export function isCode(value: string): boolean {
  return CODE.some((form) => form.test(value));
}

export function isPlainValue(value: string): boolean {
  return PLAIN_VALUES.some((form) => form.test(value)) && !isBase64WithSlash(value);
}

/** Random base64 may begin with a slash; a path has lower-case names. */
function isBase64WithSlash(value: string): boolean {
  return (
    /^\/[A-Za-z0-9+/]{19,}={0,2}$/.test(value) &&
    /[A-Z]/.test(value) &&
    /\d/.test(value) &&
    !/^\/(?:[a-z]{2,}\/){2}/.test(value)
  );
}

export function isUuid(value: string): boolean {
  return UUID.test(value);
}

export function isIdentifierByForm(value: string): boolean {
  return IDENTIFIERS.some((form) => form.test(value));
}

/** A digest or UUID that something beside it says is an id. `words` are those of the name, `before` is the text in front of it. */
export function isIdentifier(value: string, words: readonly string[], before: string): boolean {
  if (!DIGEST.test(value) && !UUID.test(value)) return false;
  if (words.some((word) => ID_WORDS.has(word))) return true;
  const near = before
    .slice(-MAX_NAME_WORDS_BEFORE)
    .toLowerCase()
    .split(/[^a-z]+/);
  return words.length === 0 && near.some((word) => ID_WORDS.has(word));
}

/** `orders-db-7f9c4`, `my-app-token-x2k9q`: a resource's name with the short tail that makes it unique. */
export function isResourceName(value: string): boolean {
  const parts = value.split(/[-_./:]/);
  return (
    parts.length >= 2 &&
    /^[a-z][a-z0-9]*(?:[-_./:][a-z0-9]+)+$/.test(value) &&
    parts.some((part) => /^[a-z]{3,}$/.test(part)) &&
    parts.every((part) => part.length <= 12 && (/^[a-z]+$/.test(part) || part.length <= 10))
  );
}
