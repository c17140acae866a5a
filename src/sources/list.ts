// Routes each input that a user named to the source that lists it.

import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import type { S3Client } from '@aws-sdk/client-s3';
import { listLocal } from './local.ts';
import type { Listed, ListFilters } from './source.ts';
import { listStdin } from './stdin.ts';

export interface SourceDeps {
  readonly stdin: AsyncIterable<Buffer | string>;
  readonly nowMs: number;
  /** `--endpoint-url`; null for AWS itself. */
  readonly endpointUrl: string | null;
  /** For tests and for callers that have one; made on the first `s3://` input otherwise. */
  readonly s3?: S3Client;
}

/** Lists what is behind every input, in the order of the inputs. Never throws: what cannot be listed is a failed entry. */
export async function* listSources(
  inputs: readonly string[],
  filters: ListFilters,
  deps: SourceDeps,
): AsyncGenerator<Listed> {
  let client = deps.s3;
  let logs: CloudWatchLogsClient | undefined;
  for (const input of inputs) {
    if (input === '-') yield listStdin(deps.stdin, deps.nowMs);
    else if (/^s3:\/\//i.test(input)) {
      // Loading the S3 client costs 100 ms: only who reads from S3 pays.
      const s3 = await import('./s3.ts');
      client ??= s3.makeS3Client(deps.endpointUrl);
      yield* s3.listS3(client, input, filters);
    } else if (/^logs:/i.test(input)) {
      const groups = await import('./log-groups.ts');
      logs ??= groups.makeLogsClient(deps.endpointUrl);
      yield* groups.listLogGroup(logs, input, filters, { nowMs: deps.nowMs });
    } else yield* listLocal(input);
  }
}
