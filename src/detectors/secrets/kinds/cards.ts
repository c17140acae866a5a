// Numbers of payment cards. Bare runs of digits are everywhere in logs, and of 16 random ones one in 50 is a valid card number: something
// beside it must say card.

import { type CardInText, cardsIn, isTestCard } from '../checks/card-number.ts';
import { type Accepted, type FoundSecret, name, type SecretKind, word } from '../secret-kind.ts';

/** How far around a number its date, its code and the word card are looked for, characters. */
const NEAR_CHARACTERS = 200;

/** `key": "`, `key=`, `key => '`: the name that the number is given. */
const KEY_BEFORE = /(?<![\w.\-[\]])([A-Za-z_][\w.\-[\]]{0,63})["']?\s{0,3}(?:=>|[:=])\s{0,3}["']?$/;
const CARD_KEY = /card|(?:^|[^a-z])pan(?![a-z])|(?:^|[^a-z])cc(?:$|[^a-z]|num|no)|primary.?account.?number/i;
const CAMEL_PAN = /[a-z]Pan$/;
/** Names that say card and give something else: ids, tokens, digests, and cards that pay nothing. */
const OTHER_KEY =
  /(?:^|[_.-])(?:id|ids|uuid|token|ref|hash|fingerprint|digest|bin|iin|count|type|hint)$|[a-z](?:Id|ID|Token|Ref|Hash|Fingerprint|Count)$|discard|wildcard|scorecard|postcard|(?:gift|sim|id|health|insurance|library|loyalty|member|report|business|network|graphics|sd)[_.-]?card/i;
/** Names that say nothing: what stands around decides. */
const NEUTRAL_KEY = /(?:^|[_.-])(?:number|num|no|value|digits|account|acct|input)$|accountNumber$/i;
const CARD_WORD =
  /(?:card|visa|mastercard|amex|american express|discover|maestro|unionpay|diners(?: club)?|jcb|credit|debit|pan)(?: ?(?:number|no\.?|#|nr\.?))?[^0-9A-Za-z]{0,4}(?:(?:is|was|with|of|for|number|ending|used|charged|declined|invalid)[^0-9A-Za-z]{1,4}){0,2}$/i;
const EXPIRY =
  /exp(?:ir(?:y|ation|es))?[_ -]?(?:date|month|year|m|y)?["']{0,2}\s{0,2}[:=]|valid[_ -]?(?:thru|until)|card[_ -]?holder/i;
/** Sensitive authentication data: nobody may keep it once the payment is authorised. */
const CODE =
  /(?<![A-Za-z])(?:cvv2?|cvc2?|cvn|card[_ -]?(?:verification|security)[_ -]?(?:code|value|number)|(?:card_?)?cvc|security[_ -]?code)["'\]]{0,2}\s{0,2}[:= ]\s{0,2}["']?\d{3,4}(?!\d)/i;
/** Behind the number of track 2: year, month and service code. Before that of track 1: its format. ISO/IEC 7813. */
const TRACK_2_BEHIND = /^[=D]\d{7,20}/;
const TRACK_1_BEFORE = /%B$/;
const TRACK_1_BEHIND = /^\^[^^]{2,26}\^\d{7,40}/;

function findCards(text: string): readonly FoundSecret[] {
  const found: FoundSecret[] = [];
  for (const card of cardsIn(text)) {
    const verdict = judge(text, card);
    if (verdict !== null) found.push({ secret: card.digits, start: card.start, end: card.end, verdict });
  }
  return found;
}

function judge(text: string, card: CardInText): Accepted | null {
  const before = text.slice(Math.max(0, card.start - NEAR_CHARACTERS), card.start);
  const behind = text.slice(card.end, card.end + NEAR_CHARACTERS);
  const track = TRACK_2_BEHIND.test(behind) || (TRACK_1_BEFORE.test(before) && TRACK_1_BEHIND.test(behind));
  const code = CODE.test(before) || CODE.test(behind);
  const key = KEY_BEFORE.exec(before)?.[1];
  if (key !== undefined && OTHER_KEY.test(key)) return null;
  const named = key === undefined ? CARD_WORD.test(before) : CARD_KEY.test(key) || CAMEL_PAN.test(key);
  if (!named) {
    const likely = key === undefined ? track || card.grouped : NEUTRAL_KEY.test(key);
    const around = track || code || EXPIRY.test(before) || EXPIRY.test(behind) || /card/i.test(before);
    if (!likely || !around) return null;
  }
  const facts = { brand: card.brand, digits: String(card.digits.length) };
  if (isTestCard(card.digits)) {
    return {
      confidence: 0.9,
      verified: false,
      severity: 'LOW',
      facts,
      why: 'a number of the kind that manuals print for tests',
    };
  }
  if (track || code) {
    return {
      confidence: 0.97,
      verified: true,
      severity: 'CRITICAL',
      facts: { ...facts, beside: track ? 'track data' : 'verification code' },
      why: `${track ? 'the data of a magnetic stripe' : 'the verification code'} stands beside it: all that a purchase needs`,
    };
  }
  return { confidence: named ? 0.95 : 0.85, verified: named, facts };
}

export const CARD_KINDS: readonly SecretKind[] = [
  {
    name: 'payment-card-number',
    title: 'Payment card number',
    rule: 'SEC-17',
    severity: 'HIGH',
    literals: [
      ...name('card', 'cardnumber', 'card_number', 'card-number', 'card number', 'card.number'),
      ...name('cardnum', 'card_num', 'cardno', 'card_no', 'ccnumber', 'cc_number', 'ccnum', 'cc_num'),
      ...name('pan', 'primary_account_number', 'primaryaccountnumber', 'cardholder', 'card_holder'),
      ...name('cvv', 'cvv2', 'cvc', 'cvc2', 'security_code', 'securitycode', 'track1', 'track_data'),
      ...name('exp_month', 'expmonth', 'expiry_month', 'expirymonth', 'expirationmonth'),
      ...word('mastercard', 'american express', 'amex', 'visa ', 'unionpay', 'maestro', 'diners club'),
      ...word(
        'credit card',
        'debit card',
        'card number ',
        'card no',
        'card 2',
        'card 3',
        'card 4',
        'card 5',
        'card 6',
        '%b4',
        '%b5',
        'track2',
        'cardnumber>',
        '<pan>',
        'track 2',
      ),
      ...word('card":{', 'card": {', "card': {"),
    ],
    before: 240,
    behind: 360,
    find: findCards,
    rank: 1,
    source: 'https://en.wikipedia.org/wiki/Payment_card_number',
  },
];
