// wiretrail config check: whether the files that a run or a deployment goes by can be used, and what they say, in plain words.

import { DEFAULT_SETTINGS } from '../config.ts';
import type { DetectorSettings } from '../detectors/detector.ts';
import { detectors } from '../detectors/index.ts';
import { printable } from '../findings/printable.ts';
import { describeMatch, type Suppressions, suppressionEndMs } from '../findings/suppressions.ts';
import { WiretrailError } from '../lib/errors.ts';
import { ipv4Prefix24, ipv6Prefix48, parseIpv4 } from '../lib/ip-address.ts';
import { readSuppressions } from '../replay/suppressions-file.ts';
import { plural } from '../reports/terminal-text.ts';
import type { ConfigCheckArguments } from './config-command.ts';
import { readConfig } from './config-file.ts';
import { nearestIds } from './detections.ts';
import { EXIT_CODES } from './exit-code.ts';
import type { Io } from './io.ts';

const DAY_MS = 86_400_000;
/** Names of a list that are shown. */
const MAX_SHOWN = 10;
const MAX_NAME_LENGTH = 200;
/** Days before its end at which an entry is pointed out: time to decide again. */
const ENDS_SOON_DAYS = 14;

/** Both files are checked, whatever the other is like. 0: what was given can be used; remarks do not change that. */
export function runConfigCheck(options: ConfigCheckArguments, io: Io): number {
  const results = [
    check(options.config, readConfig, describeSettings, [
      'No configuration given. These settings hold:',
      ...describeSettings(DEFAULT_SETTINGS),
    ]),
    check(
      options.suppressions,
      (path) => readSuppressions(path, io.now()),
      (suppressions) => describeSuppressions(suppressions, io.now()),
      ['No suppressions given: every finding is told.'],
    ),
  ];
  for (const { lines, problem } of results) {
    if (problem !== null) io.stderr.write(`wiretrail: ${problem}\n`);
    else io.stdout.write(`${lines.join('\n')}\n`);
  }
  return results.some(({ problem }) => problem !== null) ? EXIT_CODES.trouble : EXIT_CODES.quiet;
}

function check<T>(
  path: string | undefined,
  read: (path: string) => T,
  describe: (value: T) => readonly string[],
  otherwise: readonly string[],
): { readonly lines: readonly string[]; readonly problem: string | null } {
  if (path === undefined) return { lines: otherwise, problem: null };
  try {
    const lines = describe(read(path));
    return { lines: [`${printable(path)} can be used.`, ...lines], problem: null };
  } catch (error) {
    if (!(error instanceof WiretrailError)) throw error;
    return { lines: [], problem: `${printable(error.message, 4_000)}\n  → ${printable(error.hint, 500)}` };
  }
}

function describeSettings(settings: DetectorSettings): string[] {
  const { ownResources, logChains, identityForwarders, minimumRetentionDays } = settings;
  const { ownHosts, ownAccounts, dynamodbEndpoints } = settings;
  const isDefault =
    minimumRetentionDays === DEFAULT_SETTINGS.minimumRetentionDays ? '; this is the default' : '';
  return [
    ownResources.length === 0
      ? '  ownResources: none. Weakening what watches is told, but not as an attack on the monitor itself (POL-10).'
      : `  ownResources: weakening ${named(ownResources)} is CRITICAL (POL-10).`,
    ...(logChains.length === 0
      ? ['  logChains: none. A request that is logged at two hops may look like a copy of it (REP-01).']
      : logChains.map((chain) => `  logChains: one request is logged in each of ${named(chain)} (REP-01).`)),
    identityForwarders.length === 0
      ? '  identityForwarders: none. A forwarded sts:GetCallerIdentity looks like a replayed one (REP-01).'
      : `  identityForwarders: ${named(identityForwarders)} may forward a signed sts:GetCallerIdentity (REP-01).`,
    ...identityForwarders
      .filter((network) => !isNetwork(network))
      .map((network) => remark(`${quoted(network)} matches nothing: ${networkHint(network)}`)),
    `  minimumRetentionDays: keeping a log for less than ${plural(minimumRetentionDays, 'day')} counts as lost evidence (POL-10)${isDefault}.`,
    ownHosts.length === 0
      ? '  ownHosts: none. A proxy or alias of your own that DynamoDB is called by is told (TLS-05).'
      : `  ownHosts: DynamoDB may be called by ${named(ownHosts)} (TLS-05).`,
    ownAccounts.length === 0
      ? '  ownAccounts: none. A KMS key that is opened to any other account is HIGH or MEDIUM (POL-05), and a key id of another account than its log’s is MEDIUM (SEC-04).'
      : `  ownAccounts: a KMS key may be opened to ${named(ownAccounts)} (POL-05: LOW), and key ids of theirs in a log are INFO (SEC-04).`,
    ...(dynamodbEndpoints.length === 0
      ? [
          '  dynamodbEndpoints: none. Plain HTTP to an interface endpoint of DynamoDB is not seen in flow logs (TLS-06).',
        ]
      : dynamodbEndpoints.map(
          ({ vpcEndpoint, region, addresses }) =>
            `  dynamodbEndpoints: ${named(addresses)} of ${vpcEndpoint} are DynamoDB in ${region} (TLS-06, TLS-08).`,
        )),
  ];
}

function describeSuppressions({ entries }: Suppressions, nowMs: number): string[] {
  if (entries.length === 0) return ['  It has no entries: every finding is told.'];
  return entries.flatMap((entry) => {
    const { id, match, reason, owner, expires } = entry;
    const daysLeft = Math.ceil((suppressionEndMs(entry) - nowMs) / DAY_MS);
    const until = daysLeft > 0 ? `until the end of ${expires}, UTC` : `expired at the end of ${expires}`;
    const lines = [
      `  ${id} ${printable(describeMatch(match), 1_000)}: ${until}.`,
      `    ${printable(reason, 500)} (${printable(owner, 500)})`,
    ];
    if (daysLeft <= 0) lines.push(remark('it suppresses nothing any more: take it out, or decide again.'));
    else if (daysLeft <= ENDS_SOON_DAYS)
      lines.push(remark(`it ends in ${plural(daysLeft, 'day')}: decide again before.`));
    return [...lines, ...unknownRules(match.rule ?? []), ...unknownFamilies(match.family ?? [])];
  });
}

/** A pattern with a star may be meant for rules that are still to come. */
function unknownRules(patterns: readonly string[]): string[] {
  const ids = detectors.map(({ meta }) => meta.id);
  return patterns
    .filter((pattern) => !pattern.includes('*') && !ids.includes(pattern))
    .map((pattern) => {
      const near = nearestIds(pattern, ids);
      return remark(
        `there is no rule ${quoted(pattern)}${near.length === 0 ? '' : `: did you mean ${near.join(' or ')}?`}`,
      );
    });
}

function unknownFamilies(patterns: readonly string[]): string[] {
  const families = [...new Set<string>(detectors.map(({ meta }) => meta.family))];
  return patterns
    .filter((pattern) => !pattern.includes('*') && !families.includes(pattern))
    .map((pattern) => remark(`there is no family ${quoted(pattern)}: ${families.join(', ')}`));
}

/** As findings name networks. */
function isNetwork(text: string): boolean {
  return networkOf(text) === text;
}

function networkHint(text: string): string {
  const network = networkOf(text);
  const form = 'write the /24 of an IPv4 address, or the /48 of an IPv6 one';
  return network === '' ? form : `${form}, here ${network}`;
}

/** The network of the address that `text` begins with; '' where it begins with none. */
function networkOf(text: string): string {
  const [address = ''] = text.split('/');
  return parseIpv4(address) >= 0 ? ipv4Prefix24(address) : ipv6Prefix48(address);
}

function named(names: readonly string[]): string {
  const shown = names.slice(0, MAX_SHOWN).map(quoted);
  const more = names.length - shown.length;
  return more > 0 ? `${shown.join(', ')} and ${more} more` : shown.join(', ');
}

function quoted(text: string): string {
  return `"${printable(text, MAX_NAME_LENGTH)}"`;
}

function remark(text: string): string {
  return `    ! ${text}`;
}
