// Who plays in a simulated archive: places, workloads with their sessions, people with keys, roles that people and pipelines assume.

/** What has become of the CloudTrail records of an account by the time they lie in the archive. */
export type Logging =
  | { readonly kind: 'complete' }
  /** Event versions 1.05 to 1.07: before tlsDetails. */
  | { readonly kind: 'old-versions' }
  /** Event version 1.08, and no tlsDetails: as nearly all records of 2021 are. */
  | { readonly kind: 'without-field' }
  /** From some hour on a shipper drops tlsDetails, of all services. */
  | { readonly kind: 'dropped'; readonly fromMs: number }
  /** The trail does not select DynamoDB's data events, nor those of others. */
  | { readonly kind: 'no-data-events' };

/** One region of one account: a VPC with two NAT gateways and endpoints. */
export interface Place {
  readonly account: string;
  readonly region: string;
  /** Share of the whole archive's traffic. */
  readonly share: number;
  readonly vpcId: string;
  readonly subnetIds: readonly string[];
  readonly dynamodbEndpoint: string;
  readonly s3Endpoint: string;
  /** DynamoDB's interface endpoint (PrivateLink): its network interfaces have addresses of the VPC. */
  readonly interfaceEndpoint: {
    readonly id: string;
    readonly host: string;
    readonly addresses: readonly string[];
  };
  /** The VPC's own IPv6 /56, without its last group: `2001:db8:1f:aa`. */
  readonly prefix6: string;
  /** One public address for everybody who sits behind the company's proxy. */
  readonly proxyAddress: string;
  readonly logging: Logging;
  /** First two octets of the VPC: `10.31`. */
  readonly privatePrefix: string;
  readonly natAddresses: readonly string[];
  readonly tables: readonly string[];
  readonly buckets: readonly string[];
  readonly kmsKeyIds: readonly string[];
  readonly workloads: readonly Workload[];
  readonly users: readonly User[];
  readonly federated: readonly FederatedRole[];
}

export interface Tls {
  readonly version: string;
  readonly cipher: string;
}

/** What makes the calls of one session look alike. */
export interface Caller {
  /** userIdentity as JSON. */
  readonly identity: string;
  readonly keyId: string;
  readonly userAgent: string;
  readonly tls: Tls;
}

export interface Session extends Caller {
  readonly name: string;
  readonly privateAddress: string;
  /** What AWS sees of a call that goes through no endpoint: the NAT gateway's address, a function's, or the program's own IPv6 address. */
  readonly publicAddress: string;
  readonly keyUntilMs: number;
  readonly untilMs: number;
}

/**
 * How DynamoDB is reached: through the VPC's gateway endpoint (S3, too), its interface endpoint, a NAT gateway, over IPv6 by the dual-stack
 * name, or by a function that is in no VPC of the customer's.
 */
export type Route = 'gateway' | 'interface' | 'nat' | 'dual-stack' | 'outside';

export interface Workload {
  readonly kind: 'ec2' | 'ecs' | 'lambda';
  readonly roleName: string;
  readonly roleId: string;
  readonly account: string;
  readonly region: string;
  readonly userAgent: string;
  readonly tls: Tls;
  readonly route: Route;
  readonly tables: readonly string[];
  readonly bucket: string;
  readonly kmsKeyId: string;
  /** Changes with deploys and key rotation. */
  readonly sessions: Session[];
}

export interface User {
  readonly name: string;
  readonly account: string;
  readonly identity: string;
  readonly keyId: string;
  readonly userAgent: string;
  readonly tls: Tls;
  readonly office: string;
  readonly home: string;
  /** Changes address from call to call (a split VPN), and never asks the same thing twice. */
  readonly roaming: boolean;
}

/** A role that people or pipelines assume: console (SSO), deploy pipeline, auditor. */
export interface FederatedRole {
  readonly kind: 'console' | 'pipeline' | 'auditor';
  readonly roleName: string;
  readonly roleId: string;
  readonly account: string;
  readonly people: readonly { readonly sessionName: string; readonly address: string }[];
  readonly userAgent: string;
  readonly tls: Tls;
}

export const TLS_12: Tls = { version: 'TLSv1.2', cipher: 'ECDHE-RSA-AES128-GCM-SHA256' };
export const TLS_13: Tls = { version: 'TLSv1.3', cipher: 'TLS_AES_128_GCM_SHA256' };
