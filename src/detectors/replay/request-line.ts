// What a log line says about the request that it is about: who sent it, under which id, and how it ended.

import { parseIpv4, parseIpv6 } from '../../lib/ip-address.ts';

export interface RequestFacts {
  /** Client address, '' when the line names none. */
  readonly address: string;
  /** Request and trace ids with the name under which they stand, at most 4. */
  readonly ids: readonly { readonly name: string; readonly value: string }[];
  /** HTTP status; 0 when the line names none. */
  readonly status: number;
  /** HTTP method in upper case; '' when the line names none. */
  readonly method: string;
}

/** A line names the id of its request, of its trace and of the one that caused it; more of them tell no hop from another. Chosen. */
export const MAX_IDS = 4;
/** A line's facts are looked for in its first characters and around a signature, not in a whole dump. */
const LOOKED_AT = 8 * 1024;

const ADDRESS = '((?:\\d{1,3}\\.){3}\\d{1,3}|\\[?[0-9a-fA-F:]{2,39}:[0-9a-fA-F:.]{0,39}\\]?)';
/** What may stand between a key and its value: a list, a quote, an escaped quote, bytes of Python. */
const OPENING = '(?:[\\[(]\\s?)?(?:b?\\\\{0,3}["\'])?';
/** Keys under which frameworks write the client, best first: what a proxy says of the client before the peer that the server sees. */
const ADDRESS_MEMBERS = [
  'x-forwarded-for',
  'true-client-ip',
  'cf-connecting-ip',
  'x-real-ip',
  'client_?ip|clientip|client_?addr(?:ess)?',
  'source_?ip(?:_?address)?|src_?ip',
  'remote_?(?:ip|addr(?:ess)?)|peer(?:_?(?:ip|addr(?:ess)?))?',
  'client',
].map(
  (name) =>
    new RegExp(
      `(?<![A-Za-z0-9_-])(?:${name})["'\\]]?\\s{0,2}[:=]\\s{0,2}${OPENING}${ADDRESS}(?![0-9A-Za-z])`,
      'i',
    ),
);
/** uvicorn (`IP:port - "GET ...`), common log format (`IP - user [time] "GET ...`): the address begins the message, or follows its level. */
const ADDRESS_FIRST = new RegExp(
  `(?:^|[\\s])${ADDRESS}(?::\\d{1,5})? - [^"\\n]{0,80}"(?:GET|HEAD|POST|PUT|DELETE|PATCH|OPTIONS) `,
);

/** `amz-sdk-invocation-id` is none of them: the client makes it, and a copied request carries it along. */
const ID_MEMBER =
  /(?<![A-Za-z0-9])(x-amzn-trace-id|x-amzn-request-?id|x-amz-request-id|x-request-id|x-correlation-id|traceparent|trace_?id|request_?id|correlation_?id)["'\]]?\s{0,2}[:=]\s{0,2}(?:[[(]\s?)?(?:b?\\{0,3}["'])?([A-Za-z0-9=_.:;/-]{8,128})/gi;
const STATUS_MEMBER =
  /(?<![A-Za-z0-9_])(?:status(?:_?code)?|http_?status|response_?code)["'\]]?\s{0,2}[:=]\s{0,2}["']?([1-5]\d\d)(?!\d)/i;
/** `"GET /path HTTP/1.1" 200` */
const STATUS_AFTER_REQUEST = /HTTP\/\d(?:\.\d)?["\\]{0,2} ([1-5]\d\d)(?!\d)/;
const METHOD =
  /(?:["'\s]|^)(GET|HEAD|POST|PUT|DELETE|PATCH|OPTIONS) (?:https?:\/\/|\/)|(?:method|http_?method)["'\]]?\s{0,2}[:=]\s{0,2}["']?(GET|HEAD|POST|PUT|DELETE|PATCH|OPTIONS)\b/i;

export function requestFacts(text: string): RequestFacts {
  const looked = text.length > LOOKED_AT ? text.slice(0, LOOKED_AT) : text;
  const method = METHOD.exec(looked);
  return {
    address: clientAddress(looked),
    ids: requestIds(looked),
    status: Number((STATUS_MEMBER.exec(looked) ?? STATUS_AFTER_REQUEST.exec(looked))?.[1] ?? 0),
    method: (method?.[1] ?? method?.[2] ?? '').toUpperCase(),
  };
}

function clientAddress(text: string): string {
  for (const pattern of ADDRESS_MEMBERS) {
    const address = addressOrEmpty(pattern.exec(text)?.[1]);
    if (address !== '') return address;
  }
  return addressOrEmpty(ADDRESS_FIRST.exec(text)?.[1]);
}

function addressOrEmpty(found: string | undefined): string {
  if (found === undefined) return '';
  const address = found.replace(/^\[|\]$/g, '');
  return parseIpv4(address) >= 0 || parseIpv6(address) !== null ? address : '';
}

function requestIds(text: string): { name: string; value: string }[] {
  const ids = new Map<string, { name: string; value: string }>();
  for (const match of text.matchAll(ID_MEMBER)) {
    const name = match[1]!.toLowerCase().replace(/[^a-z]/g, '');
    ids.set(`${name} ${match[2]}`, { name, value: match[2]! });
  }
  return [...ids.keys()]
    .sort()
    .slice(0, MAX_IDS)
    .map((mark) => ids.get(mark)!);
}
