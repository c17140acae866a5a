// What calls of EC2 say about VPC endpoints. CloudTrail puts the parameters into an object named after the request, and a list of ids into
// objects with a tag and a content.

import type { CallRecord } from '../../records/record.ts';
import { plainActionName } from '../plain-action.ts';
import { booleanField, field, hasField, objectField, textField, textsIn } from './parameters.ts';

const ENDPOINT_ID = /^vpce-[0-9a-f]{8,32}$/;
const ROUTE_TABLE_ID = /^rtb-[0-9a-f]{8,32}$/;
/** DeleteVpcEndpoints takes 25 ids, and a VPC has at most 500 route tables. https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html */
const MAX_IDS = 100;

export interface EndpointCall {
  readonly endpoint: string;
  readonly isNew: boolean;
  readonly isDeleted: boolean;
  /** The service it leads to, where the call tells: `dynamodb`; else ''. */
  readonly service: string;
  /** That it is in, where the call creates it; else ''. */
  readonly vpc: string;
  /** As the call holds it, `default` where it falls back to that, undefined where the call says nothing of it. */
  readonly policy: unknown;
  readonly routeTablesRemoved: readonly string[];
  readonly routeTablesAdded: boolean;
}

export function endpointCallsOf(call: CallRecord): readonly EndpointCall[] {
  const action = plainActionName(call.action);
  const request = objectField(call.requestParameters, `${action}Request`) ?? call.requestParameters;
  const answer = objectField(call.responseElements, `${action}Response`) ?? call.responseElements;
  const nothing = {
    service: '',
    vpc: '',
    policy: undefined,
    routeTablesRemoved: [],
    routeTablesAdded: false,
  };
  if (action === 'DeleteVpcEndpoints') {
    // The call succeeds also when nothing could be deleted: what it did not delete stands in the answer.
    const kept = textsIn(field(answer, 'unsuccessful'), ENDPOINT_ID, MAX_IDS);
    return textsIn(request, ENDPOINT_ID, MAX_IDS)
      .filter((id) => !kept.includes(id))
      .map((endpoint) => ({ ...nothing, endpoint, isNew: false, isDeleted: true }));
  }
  const isNew = action === 'CreateVpcEndpoint';
  const described = objectField(answer, 'vpcEndpoint');
  const endpoint = textField(isNew ? described : request, 'vpcEndpointId');
  if (!ENDPOINT_ID.test(endpoint) || (isNew && call.errorCode !== '')) return [];
  const isReset = booleanField(request, 'resetPolicy') === true;
  const policy = field(request, 'policyDocument');
  return [
    {
      endpoint,
      isNew,
      isDeleted: false,
      service: isNew
        ? serviceOf(textField(request, 'serviceName') || textField(described, 'serviceName'))
        : '',
      vpc: isNew ? textField(request, 'vpcId').slice(0, 64) : '',
      policy: policy ?? (isReset || isNew ? 'default' : undefined),
      routeTablesRemoved: textsIn(field(request, 'removeRouteTableId'), ROUTE_TABLE_ID, MAX_IDS),
      routeTablesAdded: hasField(request, 'addRouteTableId'),
    },
  ];
}

/** `dynamodb` of `com.amazonaws.us-east-1.dynamodb`; the Streams and FIPS endpoints of DynamoDB and DAX lead to the same data. */
function serviceOf(name: string): string {
  const last = /^(?:com|cn\.com)\.amazonaws\.[a-z0-9-]+\.(.+)$/.exec(name)?.[1] ?? name;
  return /^(?:dynamodb|dax)(?:[-.]|$)/.test(last)
    ? last.slice(0, last.startsWith('dax') ? 3 : 8)
    : last.slice(0, 64);
}

/** Where an endpoint leads: as it was created, else as the latest policy says that names one service only; ''. */
export function serviceBehind(now: State, before: State): string {
  return String(now.leadsTo ?? before.leadsTo ?? now.named ?? before.named ?? '');
}
type State = Readonly<Record<string, number | string>>;
