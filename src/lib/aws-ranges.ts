// Address ranges of AWS services, for logs that do not name the service themselves.

/** Most specific first: in overlaps DYNAMODB and S3 win over EC2, EC2 over AMAZON (https://docs.aws.amazon.com/vpc/latest/userguide/aws-ip-syntax.html). */
export const AWS_SERVICES = ['DYNAMODB', 'S3', 'EC2', 'AMAZON'] as const;
export type AwsService = (typeof AWS_SERVICES)[number];
