// Text that people wrote. Values that are put together of these words are names and sentences, no secrets. The words are those that logs,
// settings and forms are made of; a list of all English words would refuse what people choose as passwords.

/** Words of programs: with a number behind them they are still names (`postgres15`, `oauth2`). */
const TECHNICAL = wordsOf(`
  access account action active adapter address admin agent alert alias all allow allowed amazon analytics anonymous any apache api app apps application
  arg args argument arn array asset async attempt attribute audience audit auth authentication authenticator authority authorization
  authorized auto availability aws azure backend backup bar base basic batch bean bearer beta billing binary binding blob block body bool
  boolean boot bot branch broker browser bucket buffer bug build builder bundle button byte bytes cache call callback cancel card cart catalog
  category cause cell cert certificate chain change changed changes channel char character characters chat check checkout checksum child
  class classic cli click client clients clock close cloud cluster code collection column command commit common compact company component
  compose compute condition conf config configuration configured confirm confirmation connect connection connections connector console
  constant consumer container content context control controller cookie copy core corp cors count counter create created credential
  credentials cron crypto csrf current cursor custom customer daemon dashboard data database databases dataset date datasource db debug
  decode decoder decrypt decrypted default delete deleted delivery demo deny denied deploy deployment desc description destination detail details dev
  develop developer development device dialog digest dir directory disable disabled dispatch display docker document documents doesnt domain done
  download draft driver dto dummy duration dynamic dynamo east edge edit editor element email emails embedded empty enable enabled encode
  encoded encoder encrypt encrypted encryption end endpoint engine ensure enter entity entry enum env environment error errors event events
  example exception exchange exec execute executor exists exit expire expired expires export expression external factory failed failure
  false fargate fatal feature fetch field fields file filename files filter final find first flag flow folder foo forbidden force foreign forgot form
  format found frontend full function gateway generate generated generator get github gitlab given global google grant grants graph graphql group
  groups guest guid handle handler hash hashed header headers health helm hidden hide hint history home hook host hostname hosts html http
  https icon identifier identity idle ids image images import inactive index info ingest init initial inject inline input insert instance
  int integer interface internal invalid invoice issue issuer item items java javascript job jobs join json jwt kafka key keys kind kube kubernetes label
  lambda language last latency latest launch ldap length level library license limit line link list listener live load loader local locale
  location lock locked log logger logging login logout logs long lookup mail main manager manifest manual map mask masked master match max
  maximum member memory menu merge message messages meta metadata method metric metrics middleware migrate migration min minimum minute missing mobile mock mode model
  models module monitor mount multi must mutation mysql name names namespace native nested net network new next nginx node nodes none
  normal north not note notification null number oauth object objects offline offset old one online only open opened operation operator option
  optional options oracle order orders org origin output override owner package page pages param parameter parameters params parent parse parser
  part partial partition pass passcode passed passphrase passwd password passwords patch path pattern payload payment payments pem pending
  permission permissions phone pin ping pipeline placeholder plain plaintext platform player plugin pod policy poll pool port portal post postgres
  postgresql prefix preview previous primary principal print private process processing processor prod product production products profile program
  progress project prompt properties property protected protocol provided provider proxy public publish publisher pull push pwd python query queue
  random range rate raw read reader ready realm reason receive record records recover recovery redirect redis reference refresh region register
  registered registration registry reject rejected release reload remote remove removed render repeat replica replication replay report reports
  repository request requests require required reset resource resources response rest restart result results resume retry return revoked role roles
  root route router routes row rule rules run runner runtime safe saml sample sandbox save saved scan schedule scheduler schema scheme scope screen
  script search secondary secret secrets section secure security see seed select send sender sensitive serial server servers service
  services serverless session sessions set setting settings setup shard shared shell show sign signature signed signin signing signup
  simple single site size skip slave slot smtp snapshot socket some sort source south space spring sql ssh ssl sso stack stage staging standard start
  started startup state static statement status step stop storage store stored stream string strings strong style subject submit subscription success
  suffix super support switch sync syntax system table tag target task tasks team temp template temporary tenant terraform test tester testing tests text theme
  thread threads throttle ticket time timeout timestamp title tls token tokens tool topic trace tracing tracking traffic transaction transfer transport
  trigger true trust type types unauthorized unchanged undefined unique unit unknown unset update updated upload upstream uri url usage use used user
  userinfo username users using utf utils uuid valid validate validated validation validator value values var variable vault vendor verification verified verify version
  view virtual visible visitor volume wait waiting warn warning web webhook webhooks west widget width window with wizard word worker workers workflow write
  writer wrong xml yaml zone and are arent but can cannot cant contain contains could did does for from had has have hasnt her here his how into
  its may more most need needs nor off once our out over own please same she should shouldnt than that the their them then there these they this
  those through too try under until very was were what when where which while who whose why will without would you your yours
  app1 abc xyz todo tbd ptr mgr challenge str num obj fn func impl idx ctx req res resp cfg tmp src dst usr pwds svc sec acl iam vpc ecs eks rds kms sns sqs ddb
  mongo mongodb mariadb mssql rabbitmq amqp elastic elasticsearch kibana grafana prometheus jenkins nexus sonar keycloak cognito okta firebase
  slack stripe twilio sendgrid mailgun datadog sentry segment paypal zoom jira confluence atlassian bitbucket salesforce shopify hubspot airflow
  sha md bcrypt argon scrypt pbkdf hmac rsa aes gcm cbc ecb des ssha crypt ntlm kerberos spnego totp hotp otp mfa sms base64 hex ascii latin
  checked unchecked nullable readonly renewed rotated rotation expiry expiration issued bytes32 varchar nvarchar textfield textinput autocomplete
`);

/** Ordinary words that stand behind a colon in sentences. With a number behind them they are what people choose. */
const ORDINARY = wordsOf(`
  about above absent accepted according across additional afraid after again against agree ahead alone along already also although always among
  amount another answer anyone anything apply approved around ask asked attention automatic automatically available away back bad because become before begin
  behind being believe below best better between big birthday black blank blue both bottom break bring business busy carefully case chance choose chosen clear
  clearly cold color come coming complete completed completely complex consistency considered correct correctly country course dark day days deal decided deep delayed
  depends different difficult directly discover doing down during each early easily easy either eligible else enough entirely equal especially even every everyone
  everything everywhere exactly except excluded expected explicit face fact fair family far fast feel few field figure fine following force forever former forward found
  free friend friends fun future generally getting give gives going good got great green ground grow guess half hand happen happy hard hardly have having heart hello
  help helpful hence high himself hold hope hour hours however human idea identical ignored immediately implicit important impossible improve
  include included includes including incorrect incomplete indeed individual inside instead interest invalidated involve irrelevant itself just keep keeping
  kept knew know knowledge known lack large later law leave left less let letters life light like likely listen little longer look looking lost lot love
  lower lowercase lucky made mail make makes making mandatory many matter maybe mean means medium mismatch mismatched mixed moment money
  month months morning move much myself near necessary never nice night nobody nothing notice now numbers numeric obvious often okay
  oldest ones onto opinion opposite other others otherwise outside particular past pay people perfect perhaps person personal place plan
  play plus point poor possible power present pretty previously probably problem promise proper properly protect prove provide purpose put question quick quickly
  quiet quite rather real really recent recently reached red redacted regular related remain remaining remember repeated right room rough round rush said sake say says second
  seconds seem seems seen sense sent separate serious seven several shall short shorter shows side similar simply since sincerely small soon sorry sound special specific
  specified spend still story street strength strict stuff such sufficient suggest suitable summer sure sweet symbols take taken takes taking talk tell ten thank thanks thing things
  think third though thought three thus till tired today together told tomorrow tonight took toward travel treat tried truly turn twice two
  uncommon understand unexpected unfortunately unless unlike unlikely unsupported upper uppercase upon usual usually various via visit want wanted
  wants warm water way weak week weeks weird welcome well went whatever whenever wherever whether white whole whom wide winter wish within woman women wonder
  words work working works world worried worse worth write written year years yes yesterday yet young yourself autumn monday tuesday wednesday thursday
  friday saturday sunday january february march april june july august september october november december orange apple banana dragon monkey tiger
  obligatorio requerido invalido incorrecta obrigatorio requerida invalida senha usuario contrasena clave passwort benutzer erforderlich ungueltig falsch kennwort
  requis obligatoire incorrect invalide utilisateur passe verplicht wachtwoord gebruiker
`);

/** Endings of words that no list holds. */
const WORD_ENDING =
  /^[a-z]{3,16}(?:tion|tions|sion|ment|ments|ness|able|ible|ally|ically|ously|ively|less|ful|ity|ities|ology|ized|ised|izing|ated|ating|ational|ance|ence|ancy|ency|ward|wise|ship|hood|ture|ures)$/;

function wordsOf(text: string): ReadonlySet<string> {
  return new Set(text.trim().split(/\s+/));
}

/** `DB_PASSWORD`, `dbPassword`, `db-password` and `db.password` to `db password`; `APIKey2` to `api key 2`. */
export function partsOf(text: string): string[] {
  return text
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1 $2')
    .replace(/([A-Za-z])(\d)/g, '$1 $2')
    .replace(/(\d)([A-Za-z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9\u0080-\u00ff]+/)
    .filter((part) => part !== '');
}

/** Longest run of letters that is cut into words. */
const MAX_RUN = 48;

/** Whether letters are one word, or words without anything between them: `userpassword`. */
export function isWord(letters: string): boolean {
  return isListed(letters) || WORD_ENDING.test(letters) || isRunOfWords(letters);
}

function isListed(letters: string): boolean {
  return (
    isKnown(letters) ||
    ENDINGS.some((ending) => letters.endsWith(ending) && isKnown(letters.slice(0, -ending.length)))
  );
}
const ENDINGS = ['s', 'd', 'ed', 'ing', 'er', 'ly'] as const;
const isKnown = (letters: string): boolean => TECHNICAL.has(letters) || ORDINARY.has(letters);

function isRunOfWords(letters: string): boolean {
  if (letters.length > MAX_RUN || letters.length < 6) return false;
  const reached = new Uint8Array(letters.length + 1);
  reached[0] = 1;
  for (let start = 0; start < letters.length; start++) {
    if (reached[start] === 0) continue;
    for (let end = start + 2; end <= Math.min(letters.length, start + 16); end++)
      if (reached[end] === 0 && (end - start > 2 || SHORT.has(letters.slice(start, end))))
        if (end - start === 2 || isKnown(letters.slice(start, end))) reached[end] = 1;
  }
  return reached[letters.length] === 1;
}
const SHORT: ReadonlySet<string> = new Set(
  'db id ip my to in of on or by is it as at be do go if no so up us we ui tx rx os io vm tv ok'.split(' '),
);

export interface Reading {
  /** All letters are words. */
  readonly words: boolean;
  /** One of them is a word of programs. */
  readonly technical: boolean;
  /** Words of three letters and more, and their characters. */
  readonly count: number;
  readonly covered: number;
  readonly digits: number;
  /** Longest piece that is no word: letters. */
  readonly strange: number;
}

/** How much of a value reads as words. */
export function readWords(value: string): Reading {
  let count = 0;
  let covered = 0;
  let digits = 0;
  let strange = 0;
  let technical = false;
  for (const part of partsOf(value)) {
    if (/^\d+$/.test(part)) digits += part.length;
    else if (part.length <= 2 && (SHORT.has(part) || part.length === 1)) continue;
    else if (isWord(part)) {
      count++;
      covered += part.length;
      technical ||= TECHNICAL.has(part) || !ORDINARY.has(part);
    } else strange = Math.max(strange, part.length);
  }
  return { words: strange === 0 && count > 0, technical, count, covered, digits, strange };
}
