// Services whose calls say in CloudTrail whether they came with TLS.

/** Services that record TLS details, by the list that AWS published in February 2023 (docs/detections/TLS-01.md names it); the ones people call most. */
export const SERVICES_KNOWN_TO_REPORT_TLS = [
  'dynamodb',
  'dax',
  'kms',
  's3',
  'sts',
  'iam',
  'lambda',
  'secretsmanager',
  'logs',
  'sns',
  'sqs',
  'ec2',
  'ssm',
] as const;

/** From here on the list alone counts, for grade `weak`: the field was being rolled out through 2021 and 2022. */
export const LIST_COUNTS_FROM_MS = Date.UTC(2024, 0, 1);

/** DynamoDB and DAX are what is judged: a plain client of one of them must not vouch for another. */
export const OTHER_SERVICES = SERVICES_KNOWN_TO_REPORT_TLS.filter((service) => !isTarget(service));

export function isTarget(service: string): boolean {
  return service === 'dynamodb' || service === 'dax';
}
