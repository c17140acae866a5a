// S3 data events for goldens, as CloudTrail writes them.

type Fields = Readonly<Record<string, unknown>>;

const SIGNED = {
  SignatureVersion: 'SigV4',
  bytesTransferredIn: 0,
  AuthenticationMethod: 'AuthHeader',
  'x-amz-id-2': 's9lzHYrFp76ZVxRcpX9+5cjAnEH2ROuNkd2BHfIa6Uk=',
  bytesTransferredOut: 2662,
};

export function s3Event(bucketName: string, key: string, eventName = 'GetObject'): Fields {
  return {
    eventSource: 's3.amazonaws.com',
    eventName,
    requestParameters: { bucketName, Host: `${bucketName}.s3.us-east-1.amazonaws.com`, key },
    resources: [{ type: 'AWS::S3::Object', ARN: `arn:aws:s3:::${bucketName}/${key}` }],
    tlsDetails: undefined,
    additionalEventData: { ...SIGNED, CipherSuite: 'TLS_AES_128_GCM_SHA256' },
  };
}

export const NO_CIPHER: Fields = { additionalEventData: SIGNED };
export const NOTHING_MORE: Fields = { additionalEventData: undefined };
export const TLS_DETAILS: Fields = {
  tlsDetails: {
    tlsVersion: 'TLSv1.3',
    cipherSuite: 'TLS_AES_128_GCM_SHA256',
    clientProvidedHostHeader: 's3.us-east-1.amazonaws.com',
  },
};
