// Who sits behind a plain flow, in each class of traffic: the one that speaks plain HTTP, and those who share its address and do not.

import type { Logging, Place } from '../actors.ts';
import { hostIn, REGION_PREFIXES } from '../address-facts.ts';
import { dualStackHost } from '../call-record.ts';
import { type Interface, newInterface } from '../flow-traffic.ts';
import type { Delivery, FlowVersion } from '../plants.ts';
import type { TrafficClass } from '../truth.ts';
import { type AttackContext, newRoleSession, newUser, type Principal } from './context.ts';

export interface Stage {
  readonly context: AttackContext;
  readonly place: Place;
  readonly startMs: number;
}

export interface Speaker {
  readonly who: Principal;
  readonly session: string;
}

/** What a scene consists of, once it has a place and a time. */
export interface Play {
  readonly network: Interface;
  readonly plain: Speaker;
  /** They call from the same address in the same minutes, with TLS. */
  readonly others: readonly Speaker[];
  /** What CloudTrail sees. */
  readonly address: string;
  readonly vpcEndpoint?: string;
  readonly host?: string;
  readonly server: string;
  readonly path: number;
  /** The flow log names no service for this server. */
  readonly unnamedService?: boolean;
  /** The NAT gateway's interface, which writes the same connections again. */
  readonly gateway?: Interface;
  /** The address is an elastic one: its allocation and association are in the trail. */
  readonly elastic?: boolean;
  readonly viaConsole?: boolean;
  /** Somebody else calls in plain HTTP in the same minutes, where there are no flow logs. */
  readonly elsewhere?: { readonly speaker: Speaker; readonly address: string };
  /** AWS calls on behalf of the same session. */
  readonly servedByAws?: boolean;
}

export interface Scene {
  readonly name: string;
  readonly trafficClass: TrafficClass;
  readonly description: string;
  readonly version: FlowVersion;
  readonly logging?: Exclude<Logging['kind'], 'complete'>;
  readonly delivery?: Delivery;
  /** Times that each request is sent. */
  readonly attempts?: number;
  readonly needsSetting?: 'dynamodbEndpoints';
  play(stage: Stage): Play;
}

function interfaceOf(
  { context, place }: Stage,
  kind: 'instance' | 'managed' | 'task' = 'instance',
): Interface {
  const { random } = context;
  // Subnets of their own: a workload of the background at the same address would be a witness of its own.
  const address = `${place.privatePrefix}.${random.between(236, 252)}.${random.between(4, 250)}`;
  return { ...newInterface(place, random, kind), address };
}

function session(stage: Stage, role: string, sessionName: string): Speaker {
  const { context, place, startMs } = stage;
  const roleName = `${role}-${context.random.hex(4)}`;
  return {
    who: newRoleSession(context, place.account, { roleName, sessionName }, startMs),
    session: sessionName,
  };
}
function user({ context, place }: Stage, name: string): Speaker {
  return { who: newUser(context, place.account, name), session: '' };
}
function server({ context, place }: Stage): string {
  return hostIn(context.random.pick(REGION_PREFIXES[place.region]!.dynamodb), context.random);
}

function throughGateway(
  stage: Stage,
  network: Interface,
): Pick<Play, 'network' | 'address' | 'vpcEndpoint' | 'server' | 'path'> {
  return {
    network,
    address: network.address,
    vpcEndpoint: stage.place.dynamodbEndpoint,
    server: server(stage),
    path: 7,
  };
}

/** An instance whose own role speaks plain HTTP through the gateway endpoint. */
function instanceAlone(stage: Stage): Play {
  const network = interfaceOf(stage);
  return {
    ...throughGateway(stage, network),
    plain: session(stage, 'nightly-import', network.instanceId),
    others: [],
  };
}

/** The role of the instance and a user of it have TLS, a role that is assumed there has none. */
function instanceShared(stage: Stage): Play {
  const network = interfaceOf(stage);
  return {
    ...throughGateway(stage, network),
    plain: session(stage, 'partner-feed', `botocore-session-${Math.floor(stage.startMs / 1000)}`),
    others: [session(stage, 'app-host', network.instanceId), user(stage, 'cron')],
  };
}

function behindNat(
  stage: Stage,
  plain: (stage: Stage, network: Interface) => Speaker,
  others: Play['others'],
): Play {
  const { place, context } = stage;
  const network = interfaceOf(stage);
  return {
    network,
    plain: plain(stage, network),
    others,
    address: context.random.pick(place.natAddresses),
    server: server(stage),
    path: 1,
    gateway: interfaceOf(stage, 'managed'),
  };
}
const ownRole = (stage: Stage, network: Interface) => session(stage, 'price-crawler', network.instanceId);
const otherInstance = (stage: Stage) => session(stage, 'web-tier', `i-0${stage.context.random.hex(16)}`);

function elasticAddress({ context, place }: Stage): string {
  return hostIn(context.random.pick(REGION_PREFIXES[place.region]!.ec2), context.random);
}

/** An instance with an address of its own. */
const overTheInternet: Scene['play'] = (stage) => {
  const network = interfaceOf(stage);
  const plain = session(stage, 'public-host', network.instanceId);
  return {
    network,
    plain,
    others: [],
    address: elasticAddress(stage),
    server: server(stage),
    path: 8,
    elastic: true,
  };
};

export const SCENES: readonly Scene[] = [
  {
    name: 'elastic-address',
    trafficClass: 'direct',
    description: 'an instance with an elastic address calls DynamoDB in plain HTTP over the internet gateway',
    version: 5,
    play: overTheInternet,
  },
  {
    name: 'cloudshell',
    trafficClass: 'console',
    description: 'somebody calls DynamoDB in plain HTTP from a shell that the console opened in the VPC',
    version: 5,
    play: (stage) => ({
      ...throughGateway(stage, interfaceOf(stage, 'managed')),
      plain: session(stage, 'AWSReservedSSO_PowerUser', 'greta@example.com'),
      others: [],
      viaConsole: true,
    }),
  },
  {
    name: 'served-by-aws',
    trafficClass: 'service',
    description:
      'an instance calls DynamoDB in plain HTTP while AWS makes calls of its own with the same session',
    version: 5,
    play: (stage) => ({ ...instanceAlone(stage), servedByAws: true }),
  },
  {
    name: 'proxy-in-the-vpc',
    trafficClass: 'proxied',
    description: 'three users behind one proxy with an elastic address, one of them in plain HTTP',
    version: 5,
    play: (stage) => ({
      network: interfaceOf(stage),
      plain: user(stage, 'sales-report'),
      others: [user(stage, 'finance-report'), user(stage, 'stock-report')],
      address: elasticAddress(stage),
      server: server(stage),
      path: 8,
      elastic: true,
    }),
  },
  ...(['old-versions', 'without-field'] as const).map(
    (logging): Scene => ({
      name: logging,
      trafficClass: 'old archive',
      description: 'plain HTTP in an account whose records have no tlsDetails yet',
      version: 5,
      logging,
      play: instanceAlone,
    }),
  ),
  {
    name: 'dropped',
    trafficClass: 'pipeline drop',
    description: 'plain HTTP in an account whose records have lost tlsDetails on the way',
    version: 5,
    logging: 'dropped',
    play: instanceAlone,
  },
  {
    name: 'behind-nat-instances',
    trafficClass: 'NAT',
    description: 'three instances behind one NAT gateway, one of them in plain HTTP',
    version: 5,
    play: (stage) => behindNat(stage, ownRole, [otherInstance(stage), otherInstance(stage)]),
  },
  {
    name: 'behind-nat-users',
    trafficClass: 'NAT',
    description: 'programs with the keys of two users behind one NAT gateway, one of them in plain HTTP',
    version: 5,
    play: (stage) => behindNat(stage, () => user(stage, 'ftp-import'), [user(stage, 'mail-import')]),
  },
  {
    name: 'behind-nat-while-another',
    trafficClass: 'NAT',
    description:
      'a user behind a NAT gateway in plain HTTP, and a function without flow logs in the same minutes',
    version: 5,
    play: (stage) => ({
      ...behindNat(stage, () => user(stage, 'fax-import'), []),
      elsewhere: { speaker: session(stage, 'unseen-role', 'unseen'), address: elasticAddress(stage) },
    }),
  },
  {
    name: 'gateway-alone',
    trafficClass: 'gateway endpoint',
    description: 'an instance calls DynamoDB in plain HTTP through the gateway endpoint',
    version: 5,
    play: instanceAlone,
  },
  {
    name: 'gateway-default-fields',
    trafficClass: 'gateway endpoint',
    description: 'the same with a flow log of the default fields, which names no instance',
    version: 2,
    play: instanceAlone,
  },
  {
    name: 'gateway-shared-instance',
    trafficClass: 'gateway endpoint',
    description: 'three principals on one instance, one of them in plain HTTP',
    version: 5,
    play: instanceShared,
  },
  {
    name: 'private-link',
    trafficClass: 'interface endpoint',
    description: 'an instance calls DynamoDB’s interface endpoint in plain HTTP',
    version: 5,
    needsSetting: 'dynamodbEndpoints',
    play: (stage) => {
      const network = interfaceOf(stage);
      const { id, host, addresses } = stage.place.interfaceEndpoint;
      return {
        network,
        plain: session(stage, 'ledger-batch', network.instanceId),
        others: [user(stage, 'ledger-admin')],
        address: network.address,
        vpcEndpoint: id,
        host,
        server: stage.context.random.pick(addresses),
        path: 1,
        unnamedService: true,
      };
    },
  },
  {
    name: 'ipv6',
    trafficClass: 'dual stack',
    description:
      'an instance calls the dual-stack name in plain HTTP over IPv6, and the log names the service',
    version: 5,
    play: (stage) => {
      const { random } = stage.context;
      const address = `${stage.place.prefix6}44::${random.hex(4)}`;
      const network = { ...interfaceOf(stage), address };
      return {
        network,
        plain: session(stage, 'edge-cache', network.instanceId),
        others: [user(stage, 'edge-admin')],
        address,
        host: dualStackHost(stage.place.region),
        server: `${REGION_PREFIXES[stage.place.region]!.amazon6}:${random.hex(4)}::${random.hex(4)}`,
        path: 8,
      };
    },
  },
  {
    name: 'dual-stack-ipv4',
    trafficClass: 'dual stack',
    description: 'an instance calls the dual-stack name in plain HTTP over IPv4',
    version: 5,
    play: (stage) => ({ ...instanceAlone(stage), host: dualStackHost(stage.place.region) }),
  },
  {
    name: 'function-in-vpc',
    trafficClass: 'Lambda',
    description: 'two functions share an interface of the VPC, one of them in plain HTTP',
    version: 5,
    play: (stage) => ({
      ...throughGateway(stage, interfaceOf(stage, 'managed')),
      plain: session(stage, 'resize-role', `resize-images-${stage.context.random.hex(4)}`),
      others: [session(stage, 'notify-role', `notify-${stage.context.random.hex(4)}`)],
    }),
  },
  {
    name: 'task',
    trafficClass: 'ECS',
    description: 'a task calls DynamoDB in plain HTTP, the flow log names the task',
    version: 7,
    play: (stage) => {
      const network = interfaceOf(stage, 'task');
      return {
        ...throughGateway(stage, network),
        plain: session(stage, 'basket-task', network.taskId),
        others: [],
      };
    },
  },
  {
    name: 'tasks-of-one-host',
    trafficClass: 'ECS',
    description: 'two tasks and the role of their host share an interface, one task in plain HTTP',
    version: 5,
    play: (stage) => {
      const network = interfaceOf(stage);
      const task = () => stage.context.random.hex(32);
      return {
        ...throughGateway(stage, network),
        plain: session(stage, 'rates-task', task()),
        others: [session(stage, 'quotes-task', task()), session(stage, 'cluster-host', network.instanceId)],
      };
    },
  },
  {
    name: 'tries-again',
    trafficClass: 'retry storm',
    description: 'a throttled instance sends each of its requests in plain HTTP five times',
    version: 5,
    attempts: 5,
    play: instanceAlone,
  },
  {
    name: 'seen-at-two-hops',
    trafficClass: 'hop copies',
    description: 'one plain connection in the flows of the instance and of the NAT gateway',
    version: 5,
    play: (stage) => behindNat(stage, ownRole, []),
  },
  ...(['late', 'twice'] as const).map(
    (delivery): Scene => ({
      name: `calls-${delivery}`,
      trafficClass: `delivered ${delivery}`,
      description: `plain HTTP by one of three principals on an instance, the calls delivered ${delivery === 'late' ? 'hours late' : 'twice'}`,
      version: 5,
      delivery,
      play: instanceShared,
    }),
  ),
  {
    name: 'no-data-events',
    trafficClass: 'gateway endpoint',
    description: 'plain HTTP in an account that logs no data events: nobody can be named',
    version: 5,
    logging: 'no-data-events',
    play: instanceShared,
  },
  {
    name: 'no-data-events-alone',
    trafficClass: 'direct',
    description: 'plain HTTP over the internet in an account that logs no data events',
    version: 2,
    logging: 'no-data-events',
    play: overTheInternet,
  },
];
