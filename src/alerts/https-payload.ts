// What HTTPS subscribers of the topic get.

/**
 * Amazon Q Developer in chat applications subscribes by HTTPS: with `amazon-q` its channels show findings, and other HTTPS subscribers get its
 * schema too.
 */
export const HTTPS_PAYLOADS = ['finding', 'amazon-q'] as const;
export type HttpsPayload = (typeof HTTPS_PAYLOADS)[number];
