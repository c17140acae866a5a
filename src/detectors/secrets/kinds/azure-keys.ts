// SEC-15: keys of Azure. Microsoft writes a signature into each kind and publishes where it stands; older ones are told by their names.

import { whyNotRandom } from '../checks/token-body.ts';
import type { Candidate, SecretKind, Verdict } from '../secret-kind.ts';
import { name, prefix } from '../secret-kind.ts';
import { kingfisher, named } from './token-row.ts';

const MICROSOFT =
  'https://github.com/microsoft/security-utilities/blob/main/GeneratedRegexPatterns/HighConfidenceSecurityModels.json';

/** A signature in the middle of random base64: the rest must look random, a run of picture data has no signature at this place. */
function signed(signature: string, before: string, behind: string) {
  const plus = signature.startsWith('+');
  return {
    // A plus sign is written otherwise in addresses and in some JSON: there it is looked for without, and the view decodes it.
    literals: prefix(signature, ...(plus ? [`2B${signature.slice(1)}`, `2b${signature.slice(1)}`] : [])),
    pattern: new RegExp(
      `(?<![A-Za-z0-9_+/-])(?<secret>${before}${signature.replace('+', '\\+')}${behind})(?![A-Za-z0-9_+/=-])`,
      'gd',
    ),
    check: ({ secret }: Candidate): Verdict => {
      const refused = whyNotRandom(secret.slice(0, 33));
      return refused === null ? { confidence: 0.95, verified: false } : { refused };
    },
    rank: 1 as const,
    before: 96,
    behind: 48,
  };
}
const BASE64_76 = '[A-Za-z0-9+/]{76}';
const BASE64_33 = '[A-Za-z0-9+/]{33}';
/** Behind the signature of 64 bytes, and of 32. */
const END_64 = '[A-Za-z0-9+/]{5}[AQgw]==';
const END_32 = '[A-P][A-Za-z0-9+/]{5}=';

/** The other parameters of a shared access signature stand this near, characters. */
const SAS_REACH = 400;

export const AZURE_KEYS: readonly SecretKind[] = [
  {
    name: 'azure-client-secret',
    title: 'Microsoft Entra client secret',
    rule: 'SEC-15',
    severity: 'HIGH',
    literals: prefix('7Q~', '8Q~', '9Q~'),
    pattern:
      /(?<![A-Za-z0-9_.~-])(?<secret>[A-Za-z0-9_.~-]{3}[789]Q~[A-Za-z0-9_.~-]{31,34})(?![A-Za-z0-9_.~-])/dg,
    check: ({ secret }) => {
      const refused = whyNotRandom(secret.slice(6));
      return refused === null ? { confidence: 0.95, verified: false } : { refused };
    },
    rank: 1,
    before: 8,
    behind: 64,
    source: MICROSOFT,
  },
  {
    name: 'azure-storage-key',
    title: 'Azure Storage account key',
    rule: 'SEC-15',
    severity: 'CRITICAL',
    ...signed('+ASt', BASE64_76, END_64),
    source: MICROSOFT,
  },
  {
    name: 'azure-storage-key-named',
    title: 'Azure Storage account key',
    rule: 'SEC-15',
    severity: 'CRITICAL',
    ...named(
      ['storage account key', 'azure storage key', 'azure storage access key', 'accountkey'],
      // Those with a signature are told by it.
      '(?![A-Za-z0-9+/]{76}(?:ACDb|\\+ASt))[A-Za-z0-9+/]{86}==',
    ),
    source: kingfisher('azurestorage'),
  },
  {
    name: 'azure-cosmos-key',
    title: 'Azure Cosmos DB account key',
    rule: 'SEC-15',
    severity: 'CRITICAL',
    ...signed('ACDb', BASE64_76, END_64),
    source: MICROSOFT,
  },
  {
    name: 'azure-batch-key',
    title: 'Azure Batch account key',
    rule: 'SEC-15',
    severity: 'HIGH',
    ...signed('+ABa', BASE64_76, END_64),
    source: MICROSOFT,
  },
  {
    name: 'azure-management-key',
    title: 'Azure API Management key',
    rule: 'SEC-15',
    severity: 'HIGH',
    ...signed('APIM', BASE64_76, END_64),
    source: MICROSOFT,
  },
  {
    name: 'azure-subscription-key',
    title: 'Azure API Management subscription key',
    rule: 'SEC-15',
    severity: 'HIGH',
    ...named(['ocp apim subscription key', 'apim subscription key'], '[0-9a-f]{32}'),
    source: 'https://learn.microsoft.com/en-us/azure/api-management/api-management-subscriptions',
  },
  {
    name: 'azure-service-bus-key',
    title: 'Azure Service Bus key',
    rule: 'SEC-15',
    severity: 'HIGH',
    ...signed('+ASb', BASE64_33, END_32),
    source: MICROSOFT,
  },
  {
    name: 'azure-event-hub-key',
    title: 'Azure Event Hubs key',
    rule: 'SEC-15',
    severity: 'HIGH',
    ...signed('+AEh', BASE64_33, END_32),
    source: MICROSOFT,
  },
  {
    name: 'azure-relay-key',
    title: 'Azure Relay key',
    rule: 'SEC-15',
    severity: 'HIGH',
    ...signed('+ARm', BASE64_33, END_32),
    source: MICROSOFT,
  },
  {
    name: 'azure-event-grid-key',
    title: 'Azure Event Grid key',
    rule: 'SEC-15',
    severity: 'HIGH',
    ...signed('AZEG', BASE64_33, END_32),
    source: MICROSOFT,
  },
  {
    name: 'azure-iot-key',
    title: 'Azure IoT Hub key',
    rule: 'SEC-15',
    severity: 'HIGH',
    ...signed('AIoT', BASE64_33, END_32),
    source: MICROSOFT,
  },
  {
    name: 'azure-shared-access-key',
    title: 'Azure shared access key',
    rule: 'SEC-15',
    severity: 'HIGH',
    ...named(['sharedaccesskey'], '(?![A-Za-z0-9+/]{33}(?:\\+A|AIoT|AZEG))[A-Za-z0-9+/]{43}='),
    source: 'https://learn.microsoft.com/en-us/azure/service-bus-messaging/service-bus-sas',
  },
  {
    name: 'azure-redis-key',
    title: 'Azure Cache for Redis key',
    rule: 'SEC-15',
    severity: 'HIGH',
    ...signed('AzCa', BASE64_33, END_32),
    source: MICROSOFT,
  },
  {
    name: 'azure-search-key',
    title: 'Azure AI Search key',
    rule: 'SEC-15',
    severity: 'HIGH',
    ...signed('AzSe', '[A-Za-z0-9]{42}', '[A-D][A-Za-z0-9]{5}'),
    source: MICROSOFT,
  },
  {
    name: 'azure-registry-key',
    title: 'Azure Container Registry key',
    rule: 'SEC-15',
    severity: 'HIGH',
    ...signed('+ACR', '[A-Za-z0-9+/]{42}', '[A-D][A-Za-z0-9+/]{5}'),
    source: MICROSOFT,
  },
  {
    name: 'azure-function-key',
    title: 'Azure Functions key',
    rule: 'SEC-15',
    severity: 'HIGH',
    ...signed('AzFu', '[A-Za-z0-9_-]{44}', '[A-Za-z0-9_-]{5}[AQgw]=='),
    source: MICROSOFT,
  },
  {
    name: 'azure-service-key',
    title: 'Azure service key',
    rule: 'SEC-15',
    severity: 'HIGH',
    // Azure OpenAI, AI services, Maps and others; those of Azure DevOps are a kind of their own (SEC-14).
    ...signed(
      'JQQJ9',
      '[A-Za-z0-9]{52}',
      '[9DH][A-Za-z0-9][A-L][A-Za-z0-9]{16}(?!AZDO)[A-Za-z][A-Za-z0-9]{7}(?:[A-Za-z0-9]{2}==)?',
    ),
    source: MICROSOFT,
  },
  {
    name: 'azure-sas-signature',
    title: 'Azure shared access signature',
    rule: 'SEC-15',
    severity: 'MEDIUM',
    literals: name('sig'),
    // 32 bytes of HMAC-SHA256.
    pattern: /(?<![A-Za-z0-9])sig=(?<secret>[A-Za-z0-9%+/]{43,66})(?:=|%3D)(?![A-Za-z0-9%+/=])/dg,
    check: ({ secret, text, start, end }) => {
      // Beside its version.
      const address = text.slice(Math.max(0, start - SAS_REACH), end + SAS_REACH);
      if (!/[?&"'\s]sv=20\d\d-\d\d-\d\d/.test(address)) return { refused: 'name-says-no' };
      const refused = whyNotRandom(secret.replaceAll('%', ''));
      return refused === null ? { confidence: 0.9, verified: false } : { refused };
    },
    rank: 1,
    before: SAS_REACH,
    behind: SAS_REACH + 96,
    source: 'https://learn.microsoft.com/en-us/rest/api/storageservices/create-service-sas',
  },
];
