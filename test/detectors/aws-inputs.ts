// Keys of AWS for the inputs of goldens, by a name: golden-inputs.ts.

import { accessKeyId } from '../../src/simulate/credentials.ts';
import { createRandom } from '../../src/simulate/prng.ts';
import { AWS_EXAMPLES } from '../../src/simulate/secret-examples/aws.ts';

/** `{{aws-key-id-of:444455556666.partner}}`: a key that says whose it is. */
export function keyIdOfAccount(name: string): string {
  return accessKeyId('AKIA', name.slice(0, 12), createRandom(`key id of ${name}`));
}

/** The example of a kind, as signed at the time of the inputs. */
export function exampleOf(kind: string, name: string): string {
  const example = AWS_EXAMPLES.find((one) => one.kind === kind)!;
  return example.make(createRandom(`${kind} ${name}`), Date.parse('2026-11-01T12:00:00Z')).member!.value;
}

/** A short-term key of Bedrock of the session key id of that name, made at the time of the inputs and good for an hour. */
export function bedrockKeyOf(keyId: string, signature: string): string {
  const scope = encodeURIComponent(`${keyId}/20261101/us-east-1/bedrock/aws4_request`);
  const url = `bedrock.amazonaws.com/?Action=CallWithBearerToken&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=${scope}&X-Amz-Date=20261101T120000Z&X-Amz-Expires=3600&X-Amz-SignedHeaders=host&X-Amz-Signature=${signature}&Version=1`;
  return `bedrock-api-key-${btoa(url)}`;
}
