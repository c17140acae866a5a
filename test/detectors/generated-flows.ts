// Flow logs for goldens that put flows and calls together: requests in plain HTTP to DynamoDB.

const HEADER =
  'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status vpc-id ' +
  'subnet-id instance-id tcp-flags pkt-srcaddr pkt-dstaddr region pkt-src-aws-service pkt-dst-aws-service flow-direction traffic-path';

export interface Client {
  readonly eni: string;
  readonly ip: string;
  readonly instance: string;
  /** traffic-path; 7 is a gateway endpoint, 8 an internet gateway. */
  readonly path?: number;
}

export const ORDERS: Client = {
  eni: 'eni-0abc1234def567890',
  ip: '10.0.1.20',
  instance: 'i-0abc1234def567890',
};

/** One record a minute for `minutes` from `from`, each with `payload` bytes in six packets. */
export function plainRequests(
  { eni, ip, instance, path = 7 }: Client,
  from: string,
  minutes: number,
  payload = 4800,
): string[] {
  const start = Date.parse(from) / 1000;
  return Array.from({ length: minutes }, (_, minute) => {
    const at = start + minute * 60;
    return (
      `5 111122223333 ${eni} ${ip} 52.94.0.5 ${49152 + minute} 80 6 6 ${6 * 52 + payload} ${at} ${at + 58} ACCEPT OK ` +
      `vpc-0123456789abcdef0 subnet-0aaa1111bbb22222c ${instance} 3 ${ip} 52.94.0.5 us-east-1 - DYNAMODB egress ${path}`
    );
  });
}

export function flowLog(...lines: readonly (readonly string[])[]): string {
  return `${[HEADER, ...lines.flat()].join('\n')}\n`;
}
