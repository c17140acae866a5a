// Addresses as logs write them: what class of place a call came from, and which network.

/**
 * aws-service: a host name such as `lambda.amazonaws.com`; aws-internal: `AWS Internal` or `AWS Internal/3`;
 * private: RFC 1918, RFC 6598, fc00::/7; public; invalid: anything else (samples hold `035.249.1.1`).
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html (sourceIPAddress)
 */
export type NetworkClass = 'aws-service' | 'aws-internal' | 'private' | 'public' | 'invalid';
