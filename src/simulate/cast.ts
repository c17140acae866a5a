// The cast of a seed: accounts with their networks and tables, and everybody who calls AWS there.

import {
  type FederatedRole,
  type Logging,
  type Place,
  type Route,
  TLS_12,
  TLS_13,
  type Tls,
  type User,
  type Workload,
} from './actors.ts';
import { hostIn, publicNetwork, publicNetwork6 } from './address-facts.ts';
import { DAY_MS, HOUR_MS } from './clock.ts';
import { accessKeyId, principalId } from './credentials.ts';
import { createRandom, type Random } from './prng.ts';
import { startSession, userIdentity } from './sessions.ts';

/** Terraform and Go at their defaults: 0.4 % of TLS calls in real logs. */
const TLS_12_CBC: Tls = { version: 'TLSv1.2', cipher: 'ECDHE-RSA-AES128-SHA' };

const WORKLOAD_NAMES = [
  'orders-api',
  'payments-worker',
  'inventory-sync',
  'session-store',
  'catalog-search',
  'cart-service',
  'shipping-planner',
  'pricing-engine',
  'loyalty-points',
  'invoice-render',
  'stock-alerts',
  'review-feed',
  'fraud-scorer',
  'email-dispatch',
  'click-ingest',
  'profile-api',
  'wishlist-api',
  'returns-desk',
  'geo-lookup',
  'report-builder',
] as const;
const TABLE_NAMES = [
  'Orders',
  'Customers',
  'Inventory',
  'Sessions',
  'Carts',
  'Events',
  'Prices',
  'Shipments',
  'Reviews',
  'Ledger',
] as const;
const USER_NAMES = [
  'amelia',
  'bruno',
  'chandra',
  'dmitri',
  'elena',
  'farid',
  'greta',
  'hiro',
  'ines',
  'jonas',
  'katya',
  'liam',
] as const;

const WORKLOAD_AGENTS: Readonly<Record<Workload['kind'], readonly string[]>> = {
  ec2: [
    'aws-sdk-java/2.25.61 Linux/5.10.217-205.860.amzn2.x86_64 OpenJDK_64-Bit_Server_VM/17.0.11+9-LTS Java/17.0.11 vendor/Amazon.com_Inc. io/sync http/Apache cfg/retry-mode/legacy',
    'Boto3/1.34.113 md/Botocore#1.34.113 ua/2.0 os/linux#6.1.91-99.172.amzn2023.x86_64 md/arch#x86_64 lang/python#3.11.9 md/pyimpl#CPython cfg/retry-mode#legacy Botocore/1.34.113',
    'aws-sdk-go-v2/1.27.0 os/linux lang/go#1.22.3 md/GOOS#linux md/GOARCH#arm64 api/dynamodb#1.32.4',
  ],
  ecs: [
    'Boto3/1.34.113 md/Botocore#1.34.113 ua/2.0 os/linux#5.10.217 md/arch#x86_64 lang/python#3.12.3 md/pyimpl#CPython exec-env/AWS_ECS_FARGATE cfg/retry-mode#standard Botocore/1.34.113',
    'aws-sdk-js/3.582.0 ua/2.0 os/linux#5.10.217 lang/js md/nodejs#20.13.1 api/dynamodb#3.582.0 exec-env/AWS_ECS_FARGATE',
    'aws-sdk-go-v2/1.27.0 os/linux lang/go#1.22.3 md/GOOS#linux md/GOARCH#amd64 exec-env/AWS_ECS_FARGATE api/dynamodb#1.32.4',
  ],
  lambda: [
    'aws-sdk-js/3.582.0 ua/2.0 os/linux#5.10.216 lang/js md/nodejs#20.13.1 api/dynamodb#3.582.0 exec-env/AWS_Lambda_nodejs20.x',
    'Boto3/1.34.42 md/Botocore#1.34.42 ua/2.0 os/linux#5.10.216 md/arch#x86_64 lang/python#3.12.2 md/pyimpl#CPython exec-env/AWS_Lambda_python3.12 cfg/retry-mode#legacy Botocore/1.34.42',
  ],
};
const USER_AGENTS = [
  'aws-cli/2.15.57 md/awscrt#0.19.19 ua/2.0 os/macos#23.5.0 md/arch#arm64 lang/python#3.11.8 md/pyimpl#CPython cfg/retry-mode#standard md/prompt#off md/command#dynamodb.get-item',
  'aws-cli/2.15.57 md/awscrt#0.19.19 ua/2.0 os/linux#6.5.0-35-generic md/arch#x86_64 lang/python#3.11.8 md/pyimpl#CPython cfg/retry-mode#standard md/prompt#off md/command#s3.cp',
  'Boto3/1.34.100 md/Botocore#1.34.100 ua/2.0 os/macos#23.4.0 md/arch#arm64 lang/python#3.12.3 md/pyimpl#CPython cfg/retry-mode#legacy Botocore/1.34.100',
] as const;
export const BROWSER_AGENT =
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/125.0.0.0 Safari/537.36';
const TERRAFORM_AGENT =
  'APN/1.0 HashiCorp/1.0 Terraform/1.8.4 (+https://www.terraform.io) terraform-provider-aws/5.51.1 (+https://registry.terraform.io/providers/hashicorp/aws) aws-sdk-go-v2/1.27.0 os/linux lang/go#1.22.3 md/GOOS#linux md/GOARCH#amd64';

export interface CastOptions {
  readonly seed: string;
  readonly startMs: number;
  readonly accounts: number;
  readonly regions: readonly string[];
  readonly principals: number;
  readonly days: number;
  /** One more account that has no traffic but what is planted. */
  readonly quietAccount: boolean;
  /** Accounts whose records say less than those of others. */
  readonly poorlyLoggedAccounts: boolean;
}

/** Shares of all traffic. */
const POORLY_LOGGED = [
  ['old-versions', 0.02],
  ['without-field', 0.03],
  ['dropped', 0.03],
  ['no-data-events', 0.03],
] as const;

const COMPLETE: Logging = { kind: 'complete' };

export function createPlaces(options: CastOptions): Place[] {
  const random = createRandom(`${options.seed}/cast`);
  const places: Place[] = [];
  const sum = (count: number, ratio: number) => (1 - ratio ** count) / (1 - ratio);
  const poor = options.poorlyLoggedAccounts ? POORLY_LOGGED : [];
  const rest = 1 - poor.reduce((total, [, share]) => total + share, 0);
  for (let a = 0; a < options.accounts; a++) {
    const account = String(random.between(1, 8)) + random.text('0123456789', 11);
    for (let r = 0; r < options.regions.length; r++) {
      // Half of what is left for each further account, a quarter for each further region: archives are lopsided.
      const share =
        rest * (0.5 ** a / sum(options.accounts, 0.5)) * (0.25 ** r / sum(options.regions.length, 0.25));
      places.push(createPlace(account, options.regions[r]!, share, COMPLETE, options, random));
    }
  }
  for (const [kind, share] of poor) {
    const account = `9${random.text('0123456789', 11)}`;
    // At any hour, the last ones too: then hardly anything is left to tell that it is lost.
    const fromMs = options.startMs + Math.floor((0.03 + 0.94 * random.float()) * options.days * DAY_MS);
    const logging = kind === 'dropped' ? { kind, fromMs } : { kind };
    places.push(createPlace(account, options.regions[0]!, share, logging, options, random));
  }
  if (options.quietAccount) {
    const account = `9${random.text('0123456789', 11)}`;
    places.push(createPlace(account, options.regions[0]!, 0, COMPLETE, options, random));
  }
  return places;
}

function createPlace(
  account: string,
  region: string,
  share: number,
  logging: Logging,
  options: CastOptions,
  random: Random,
): Place {
  const principals = Math.max(9, Math.round(options.principals * share));
  const tables = TABLE_NAMES.map((name) => (random.chance(0.3) ? `${name.toLowerCase()}-prod` : name));
  const buckets = ['assets', 'exports', 'uploads'].map((use) => `${use}-${account.slice(0, 6)}-${region}`);
  const kmsKeyIds = [random.uuid(), random.uuid()];
  const network = publicNetwork(random);
  const privatePrefix = `10.${random.between(16, 220)}`;
  const interfaceEndpoint = `vpce-0${random.hex(16)}`;
  const place: Place = {
    account,
    region,
    share,
    vpcId: `vpc-0${random.hex(16)}`,
    subnetIds: [`subnet-0${random.hex(16)}`, `subnet-0${random.hex(16)}`],
    dynamodbEndpoint: `vpce-0${random.hex(16)}`,
    s3Endpoint: `vpce-0${random.hex(16)}`,
    interfaceEndpoint: {
      id: interfaceEndpoint,
      host: `${interfaceEndpoint}-${random.hex(8)}.dynamodb.${region}.vpce.amazonaws.com`,
      addresses: [
        `${privatePrefix}.96.${random.between(4, 250)}`,
        `${privatePrefix}.97.${random.between(4, 250)}`,
      ],
    },
    privatePrefix,
    prefix6: `${publicNetwork6(random)}:${random.between(16, 255).toString(16)}`,
    proxyAddress: hostIn(publicNetwork(random), random),
    logging,
    natAddresses: [hostIn(network, random), hostIn(publicNetwork(random), random)],
    tables,
    buckets,
    kmsKeyIds,
    workloads: [],
    users: [],
    federated: [],
  };
  const workloads = place.workloads as Workload[];
  for (let i = 0; i < Math.max(4, Math.round(principals * 0.55)); i++) {
    const kind = (['ec2', 'ecs', 'lambda'] as const)[i % 3]!;
    const number = i < WORKLOAD_NAMES.length ? '' : `-${Math.floor(i / WORKLOAD_NAMES.length) + 1}`;
    workloads.push({
      kind,
      roleName: `${WORKLOAD_NAMES[i % WORKLOAD_NAMES.length]!}${number}-${region}`,
      roleId: principalId('AROA', random),
      account,
      region,
      userAgent: random.pick(WORKLOAD_AGENTS[kind]),
      tls: random.chance(0.75) ? TLS_13 : TLS_12,
      route: routeOf(kind, random),
      tables: [tables[i % tables.length]!, tables[(i * 3 + 1) % tables.length]!],
      bucket: random.pick(buckets),
      kmsKeyId: random.pick(kmsKeyIds),
      sessions: [],
    });
  }
  const users = place.users as User[];
  const office = publicNetwork(random);
  for (let i = 0; i < Math.max(3, Math.round(principals * 0.25)); i++) {
    const name = `${USER_NAMES[i % USER_NAMES.length]!}${i < USER_NAMES.length ? '' : i}.${region}`;
    users.push(
      createUser(
        name,
        account,
        // A third of the office sits behind the proxy.
        i % 3 === 1 ? place.proxyAddress : hostIn(office, random),
        hostIn(publicNetwork(random), random),
        random,
        i % 5 === 4,
      ),
    );
  }
  const federated = place.federated as FederatedRole[];
  const people = Array.from({ length: Math.max(2, Math.round(principals * 0.15)) }, (_, i) => ({
    sessionName: `${USER_NAMES[(i * 5 + 2) % USER_NAMES.length]!}${i}@example.com`,
    address: hostIn(i % 2 === 0 ? office : publicNetwork(random), random),
  }));
  federated.push(
    federatedRole(
      'console',
      `AWSReservedSSO_PowerUser_${random.hex(16)}`,
      account,
      people,
      BROWSER_AGENT,
      TLS_13,
      random,
    ),
    federatedRole(
      'pipeline',
      `infrastructure-pipeline-${region}`,
      account,
      [{ sessionName: 'aws-go-sdk-apply', address: hostIn(publicNetwork(random), random) }],
      TERRAFORM_AGENT,
      TLS_12_CBC,
      random,
    ),
    federatedRole(
      'auditor',
      `posture-audit-${region}`,
      account,
      [{ sessionName: 'nightly-audit', address: place.natAddresses[0]! }],
      'Boto3/1.34.99 md/Botocore#1.34.99 ua/2.0 os/linux#5.15.0 md/arch#x86_64 lang/python#3.10.14 md/pyimpl#CPython cfg/retry-mode#adaptive Botocore/1.34.99',
      TLS_12,
      random,
    ),
  );
  for (const workload of workloads) {
    const count = workload.kind === 'lambda' ? 2 : 1 + random.below(3);
    for (let i = 0; i < count; i++) {
      workload.sessions.push(startSession(workload, place, options.startMs - random.below(HOUR_MS), random));
    }
  }
  return place;
}

function routeOf(kind: Workload['kind'], random: Random): Route {
  const luck = random.float();
  // Half of the functions are in a VPC.
  if (kind === 'lambda' && luck < 0.5) return 'outside';
  if (luck < 0.55) return 'gateway';
  if (luck < 0.7) return 'interface';
  return luck < 0.8 ? 'dual-stack' : 'nat';
}

function createUser(
  name: string,
  account: string,
  office: string,
  home: string,
  random: Random,
  roaming = false,
): User {
  const keyId = accessKeyId('AKIA', account, random);
  return {
    name,
    account,
    identity: userIdentity(name, account, keyId, principalId('AIDA', random)),
    keyId,
    userAgent: random.pick(USER_AGENTS),
    tls: random.chance(0.6) ? TLS_13 : TLS_12,
    office,
    home,
    roaming,
  };
}

function federatedRole(
  kind: FederatedRole['kind'],
  roleName: string,
  account: string,
  people: FederatedRole['people'],
  userAgent: string,
  tls: Tls,
  random: Random,
): FederatedRole {
  return { kind, roleName, roleId: principalId('AROA', random), account, people, userAgent, tls };
}
