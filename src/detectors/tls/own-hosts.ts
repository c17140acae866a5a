// Names of one's own that DynamoDB may be called by: proxies and private DNS aliases, as the setting `ownHosts` lists them.

const LABEL = '[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?';
const PORT = '(?::[1-9][0-9]{0,4})?';
const NAME = new RegExp(
  `^(?:(?:\\*\\.)?${LABEL}(?:\\.${LABEL}){1,8}|${LABEL}|\\[[0-9a-f:.]{2,45}\\])${PORT}$`,
  'i',
);
/** A star over AWS's own names would silence all there is. */
const STAR_OVER_AWS =
  /^\*\.(?:[^:]{1,255}\.)?(?:amazonaws\.(?:com|com\.cn|eu)|api\.aws|api\.amazonwebservices\.com\.cn)(?::|$)/i;

export const OWN_HOST_HINT =
  'is neither a host name (ddb.corp.internal, proxy.corp.internal:8443) nor *. and a domain of your own (*.corp.internal)';

export function isOwnHostForm(text: string): boolean {
  return NAME.test(text) && !STAR_OVER_AWS.test(text);
}

/** Host headers remembered for one list. */
const MAX_KNOWN = 1_000;
const known = new WeakMap<readonly string[], Map<string, boolean>>();

/** Names match without case, ports exactly; 443 is as good as none. */
export function isOwnHost(header: string, ownHosts: readonly string[]): boolean {
  if (ownHosts.length === 0) return false;
  let answers = known.get(ownHosts);
  if (answers === undefined) {
    answers = new Map();
    known.set(ownHosts, answers);
  }
  let answer = answers.get(header);
  if (answer === undefined) {
    if (answers.size >= MAX_KNOWN) answers.clear();
    const host = plainHost(header);
    answer = ownHosts.some((own) => matches(host, plainHost(own)));
    answers.set(header, answer);
  }
  return answer;
}

function matches(host: string, own: string): boolean {
  return own.startsWith('*.') ? host.endsWith(own.slice(1)) && host.length > own.length - 1 : host === own;
}

function plainHost(text: string): string {
  return text
    .toLowerCase()
    .replace(/:443$/, '')
    .replace(/\.(?=:\d+$|$)/, '');
}
