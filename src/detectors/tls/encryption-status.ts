// What the field encryption-status of flow logs adds where a port is one of plain text. It is filled where a VPC has encryption controls.
// https://docs.aws.amazon.com/vpc/latest/userguide/vpc-encryption-controls.html

import type { Threshold } from '../detector.ts';

/** 0: no encryption. 1: by the hosts’ hardware (Nitro), below TLS. 2 and 3: by the application, which AWS judges by the port at endpoints. */
export const NO_ENCRYPTION = '0';
export const HARDWARE_ENCRYPTION = '1';
const APPLICATION_ENCRYPTION = ['2', '3'];

export const STATUS_CONFIDENCE = 0.97;

export const STATUS_THRESHOLD: Threshold = {
  name: 'confidence with encryption-status 0 or 1',
  value: STATUS_CONFIDENCE,
  unit: 'probability',
  reason: 'AWS itself saw no encryption by the application',
  source: 'https://docs.aws.amazon.com/vpc/latest/userguide/vpc-encryption-controls.html',
};

/** Whether AWS saw that the application did not encrypt. */
export function saysPlain(statuses: readonly string[]): boolean {
  return statuses.includes(NO_ENCRYPTION) || statuses.includes(HARDWARE_ENCRYPTION);
}

/** In words, for a port of plain text; [] where the field says nothing. */
export function encryptionWords(statuses: readonly string[], port: number): string[] {
  const words: string[] = [];
  if (statuses.includes(NO_ENCRYPTION))
    words.push(`encryption-status 0, no encryption on the way: ${STATUS_CONFIDENCE}`);
  if (statuses.includes(HARDWARE_ENCRYPTION))
    words.push(
      `encryption-status 1, the link between hosts was encrypted, which is not TLS: ${STATUS_CONFIDENCE}`,
    );
  for (const status of APPLICATION_ENCRYPTION) {
    if (statuses.includes(status))
      words.push(
        `encryption-status ${status} says that the application encrypted, which contradicts port ${port}: look at the client; nothing is taken off for it`,
      );
  }
  return words;
}
