// Values of a finding as words of a command. They come from logs, and who writes logs may choose them: one that has not the form of its kind
// is not used at all (a placeholder in capitals takes its place), and every word is quoted for a shell. The AWS CLI would also read a file for
// a value like `file://x`.

import { shellQuote } from './printable.ts';

/** Forms of values, and what stands in a command where the value is unknown or not of that form. */
const FORMS = {
  interfaceId: { form: /^eni-[0-9a-f]{8,17}$/, placeholder: 'NETWORK-INTERFACE-ID' },
  tableArn: {
    form: /^arn:aws[a-z-]{0,12}:dynamodb:[a-z0-9-]{1,32}:\d{12}:table\/[A-Za-z0-9_.-]{3,255}$/,
    placeholder: 'TABLE-ARN',
  },
  vpcEndpointId: { form: /^vpce-[0-9a-f]{8,17}$/, placeholder: 'VPC-ENDPOINT-ID' },
  groupId: { form: /^sg-[0-9a-f]{8,17}$/, placeholder: 'SECURITY-GROUP-ID' },
  instanceId: { form: /^i-[0-9a-f]{8,17}$/, placeholder: 'INSTANCE-ID' },
  // https://docs.aws.amazon.com/IAM/latest/APIReference/API_AccessKey.html: 16 to 128 characters
  keyId: { form: /^A[A-Z]{3}[A-Z0-9]{12,124}$/, placeholder: 'ACCESS-KEY-ID' },
  // https://docs.aws.amazon.com/IAM/latest/APIReference/API_Role.html
  userName: { form: /^[A-Za-z0-9_+=.@][A-Za-z0-9_+=,.@-]{0,63}$/, placeholder: 'USER-NAME' },
  roleName: { form: /^[A-Za-z0-9_+=.@][A-Za-z0-9_+=,.@-]{0,63}$/, placeholder: 'ROLE-NAME' },
  // https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_dax_CreateCluster.html: 1 to 20 letters, digits, hyphens
  clusterName: { form: /^[A-Za-z][A-Za-z0-9-]{0,19}$/, placeholder: 'CLUSTER-NAME' },
  // https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_CreateTrail.html: 3 to 128 characters, or the ARN
  trailName: {
    form: /^(arn:aws[a-z-]{0,12}:cloudtrail:[a-z0-9-]{1,32}:\d{12}:trail\/)?[A-Za-z0-9][A-Za-z0-9._-]{2,127}$/,
    placeholder: 'TRAIL-NAME',
  },
  // The client's own host header: only names of AWS.
  awsHost: {
    form: /^(?:[a-z0-9-]{1,63}\.){1,6}(?:amazonaws\.com|amazonaws\.com\.cn|api\.aws)$/,
    placeholder: 'DYNAMODB-HOST',
  },
  flowLogId: { form: /^fl-[0-9a-f]{8,17}$/, placeholder: 'FLOW-LOG-ID' },
  // https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_LogGroup.html
  logGroup: { form: /^[A-Za-z0-9_/.#][A-Za-z0-9_/.#-]{0,511}$/, placeholder: 'LOG-GROUP' },
  // https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html#key-id-key-id: a UUID, `mrk-` for multi-Region keys
  kmsKeyId: {
    form: /^(?:mrk-[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/,
    placeholder: 'KEY-ID',
  },
  // https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html
  tableName: { form: /^[A-Za-z0-9_.][A-Za-z0-9_.-]{2,254}$/, placeholder: 'TABLE-NAME' },
  region: { form: /^[a-z]{2}(?:-[a-z]{2,9}){1,3}-\d{1,2}$/, placeholder: 'REGION' },
  // Streams may hold anything but `:` and `*` (https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_LogStream.html);
  // these are the characters that AWS services and the usual agents write.
  stream: { form: /^[A-Za-z0-9_/.#[][A-Za-z0-9_/.#[\]$@+=, -]{0,511}$/, placeholder: 'LOG-STREAM' },
} as const satisfies Record<string, { form: RegExp; placeholder: string }>;

type Kind = keyof typeof FORMS;

/** The form of values that only one topic has. */
export interface ValueForm {
  readonly form: RegExp;
  readonly placeholder: string;
}

/** One shell word: the value where it has the form of its kind, else `'<PLACEHOLDER>'`. */
export function word(kind: Kind, value: string | undefined): string {
  return wordOf(FORMS[kind], value);
}

export function wordOf({ form, placeholder }: ValueForm, value: string | undefined): string {
  return shellQuote(value !== undefined && form.test(value) ? value : `<${placeholder}>`);
}

export function known(kind: Kind, value: string | undefined): string | null {
  return value !== undefined && FORMS[kind].form.test(value) ? value : null;
}
