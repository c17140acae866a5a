// What a call to the DAX service tells about the encryption of a cluster.

import type { CallRecord } from '../../records/record.ts';
import { booleanField, numberField, objectField, textField } from './parameters.ts';

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/DAXEncryptionInTransit.html */
export const PLAIN_DAX_PORT = 8111;
const TLS_DAX_PORT = 9111;

/** Which fact says it: the answer's port or type is the service's own word, a missing parameter is the default (NONE). */
export type PlainProof = 'port' | 'answer' | 'request' | 'default';

/**
 * How a call shows a cluster without encryption in transit; 'encrypted' when it shows the contrary, null when it shows nothing.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_dax_CreateCluster.html (ClusterEndpointEncryptionType: NONE | TLS)
 */
export function transitEncryptionOf(call: CallRecord): PlainProof | 'encrypted' | null {
  const cluster = objectField(call.responseElements, 'cluster');
  const port = numberField(objectField(cluster, 'clusterDiscoveryEndpoint'), 'port');
  if (port === PLAIN_DAX_PORT) return 'port';
  const answered = textField(cluster, 'clusterEndpointEncryptionType').toUpperCase();
  if (answered === 'NONE') return 'answer';
  if (port === TLS_DAX_PORT || answered === 'TLS') return 'encrypted';
  if (call.action !== 'CreateCluster' || call.requestParameters === null) return null;
  // A denied call may come without its parameters: an empty object says nothing about a cluster.
  if (textField(call.requestParameters, 'clusterName') === '') return null;
  const asked = textField(call.requestParameters, 'clusterEndpointEncryptionType').toUpperCase();
  return asked === 'TLS' ? 'encrypted' : asked === '' ? 'default' : 'request';
}

/** True or false where the call shows it, null where it does not. */
export function isPlainCluster(call: CallRecord): boolean | null {
  const shown = transitEncryptionOf(call);
  return shown === null ? null : shown !== 'encrypted';
}

/** True when a new cluster's data is not encrypted at rest; null when the call does not say. */
export function isUnencryptedAtRest(call: CallRecord): boolean | null {
  if (call.action !== 'CreateCluster' || textField(call.requestParameters, 'clusterName') === '') return null;
  const status = textField(
    objectField(objectField(call.responseElements, 'cluster'), 'sSEDescription'),
    'status',
  ).toUpperCase();
  if (status === 'ENABLED' || status === 'ENABLING') return false;
  return booleanField(objectField(call.requestParameters, 'sSESpecification'), 'enabled') !== true;
}

export function clusterNameOf(call: CallRecord): string {
  return (
    textField(call.requestParameters, 'clusterName') ||
    textField(objectField(call.responseElements, 'cluster'), 'clusterName')
  );
}
