// Who plays in a simulated archive: places, workloads with their sessions, people with keys, roles that people and pipelines assume.

/** One region of one account: a VPC with two NAT gateways and gateway endpoints. */
export interface Place {
  readonly account: string;
  readonly region: string;
  /** Share of the whole archive's traffic. */
  readonly share: number;
  readonly vpcId: string;
  readonly subnetIds: readonly string[];
  readonly dynamodbEndpoint: string;
  readonly s3Endpoint: string;
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
  readonly natAddress: string;
  readonly keyUntilMs: number;
  readonly untilMs: number;
}

export interface Workload {
  readonly kind: 'ec2' | 'ecs' | 'lambda';
  readonly roleName: string;
  readonly roleId: string;
  readonly account: string;
  readonly region: string;
  readonly userAgent: string;
  readonly tls: Tls;
  /** DynamoDB and S3 are reached through the VPC's gateway endpoints. */
  readonly throughEndpoint: boolean;
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
