// What a user may set in a file: YAML (JSON is YAML too), checked strictly, so that a typo is an error and not a silent default.

import { parseDocument } from 'yaml';
import * as z from 'zod';
import { DEFAULT_SETTINGS } from './detectors/default-settings.ts';
import type { DetectorSettings } from './detectors/detector.ts';
import { isOwnHostForm, OWN_HOST_HINT } from './detectors/tls/own-hosts.ts';
import { ENDPOINT_NETWORK_HINT, endpointNetwork } from './detectors/tls/private-endpoints.ts';
import { WiretrailError } from './lib/errors.ts';

/** Bytes of a configuration: far above any sensible one; a log file given by mistake is refused before it is parsed. */
export const MAX_CONFIG_BYTES = 1_048_576;

export { DEFAULT_SETTINGS };

const name = z.string().min(1).max(2_048);
/** As text: YAML reads digits without quotes as a number, and one that begins with 0 as another one. */
const accountId = z
  .string('is no text: put the account in quotes')
  .regex(/^\d{12}$/, 'is no account: twelve digits');
const dynamodbEndpoint = z.strictObject({
  vpcEndpoint: z.string().regex(/^vpce-[0-9a-f]{8,17}$/, 'is no id of a VPC endpoint (vpce-...)'),
  region: z.string().regex(/^[a-z]{2}(-[a-z]{2,12}){1,3}-\d{1,2}$/, 'is no region'),
  addresses: z
    .array(
      z
        .string()
        .max(64)
        .refine((text) => endpointNetwork(text) !== null, ENDPOINT_NETWORK_HINT),
    )
    .min(1)
    .max(100),
});
const configSchema = z.strictObject({
  version: z.literal(1).optional(),
  ownResources: z.array(name).max(1_000).optional(),
  logChains: z.array(z.array(name).min(2).max(100)).max(1_000).optional(),
  identityForwarders: z.array(name).max(1_000).optional(),
  minimumRetentionDays: z.int().min(1).max(3_653).optional(),
  ownHosts: z.array(z.string().max(255).refine(isOwnHostForm, OWN_HOST_HINT)).max(1_000).optional(),
  ownAccounts: z.array(accountId).max(10_000).optional(),
  dynamodbEndpoints: z.array(dynamodbEndpoint).max(100).optional(),
});

const HINT = `Known settings: ${Object.keys(configSchema.shape).join(', ')}. See docs/command-line.md.`;

/** Throws a WiretrailError that names every wrong setting by its path (`logChains[0][1]`) and, where YAML itself is wrong, line and column. */
export function parseConfig(text: string, where: string): DetectorSettings {
  const value = parseYaml(text, where, { code: 'E_CONFIG' });
  const result = configSchema.safeParse(value ?? {});
  if (!result.success) {
    throw new WiretrailError('E_CONFIG', where, result.error.issues.map(describeIssue).join('; '), HINT);
  }
  const given = result.data;
  return {
    ownResources: given.ownResources ?? DEFAULT_SETTINGS.ownResources,
    logChains: given.logChains ?? DEFAULT_SETTINGS.logChains,
    identityForwarders: given.identityForwarders ?? DEFAULT_SETTINGS.identityForwarders,
    minimumRetentionDays: given.minimumRetentionDays ?? DEFAULT_SETTINGS.minimumRetentionDays,
    ownHosts: given.ownHosts ?? DEFAULT_SETTINGS.ownHosts,
    ownAccounts: given.ownAccounts ?? DEFAULT_SETTINGS.ownAccounts,
    dynamodbEndpoints: given.dynamodbEndpoints ?? DEFAULT_SETTINGS.dynamodbEndpoints,
  };
}

/**
 * One YAML document as plain data. Throws a WiretrailError of the given code, with line and column where it is no YAML. With the schema
 * `failsafe` every scalar stays text (https://yaml.org/spec/1.2.2/#101-failsafe-schema).
 */
export function parseYaml(
  text: string,
  where: string,
  { code, schema = 'core' }: { readonly code: string; readonly schema?: 'core' | 'failsafe' },
): unknown {
  if (Buffer.byteLength(text) > MAX_CONFIG_BYTES) {
    throw new WiretrailError(
      code,
      where,
      `is larger than ${MAX_CONFIG_BYTES} bytes`,
      'Name a configuration file, not a log.',
    );
  }
  const document = parseDocument(text, { prettyErrors: false, schema });
  const [syntaxError] = document.errors;
  if (syntaxError !== undefined) {
    const before = text.slice(0, syntaxError.pos[0]).split('\n');
    const column = (before.at(-1)?.length ?? 0) + 1;
    const place = `line ${before.length}, column ${column}`;
    throw new WiretrailError(
      code,
      where,
      `is not YAML: ${syntaxError.code} at ${place}`,
      'Mend the file at that place.',
    );
  }
  try {
    // maxAliasCount bounds what nested aliases can expand to.
    return document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    throw new WiretrailError(
      code,
      where,
      'expands to too much',
      'Write lists out instead of using aliases.',
      error,
    );
  }
}

export function describeIssue(issue: z.core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys') {
    const path = describePath(issue.path);
    return `${path === '' ? '' : `${path}: `}unknown setting ${issue.keys.map((key) => JSON.stringify(key.slice(0, 64))).join(', ')}`;
  }
  const path = describePath(issue.path);
  return `${path === '' ? 'the file' : path}: ${issue.message}`;
}

function describePath(path: readonly PropertyKey[]): string {
  return path
    .map((part, at) => (typeof part === 'number' ? `[${part}]` : `${at === 0 ? '' : '.'}${String(part)}`))
    .join('');
}
