// What may be told of an error that an AWS client threw: its code and its status. Never its message, which may hold what the server likes.

/** The service's error code, or that of the socket: word characters and dots, at most 60; empty when there is none. */
export function errorName(error: unknown): string {
  if (typeof error !== 'object' || error === null) return '';
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const name = 'name' in error && typeof error.name === 'string' ? error.name : '';
  return (code !== '' && (name === 'Error' || name === '') ? code : name || code)
    .replace(/[^\w.]/g, '')
    .slice(0, 60);
}

/** 0: nobody answered. */
export function httpStatus(error: unknown): number {
  const status = metadataOf(error)?.httpStatusCode;
  return typeof status === 'number' ? status : 0;
}

/** Requests that were sent, tries of the client included; at least 1. */
export function attempts(error: unknown): number {
  const count = metadataOf(error)?.attempts;
  return typeof count === 'number' ? count : 1;
}

function metadataOf(error: unknown): { httpStatusCode?: unknown; attempts?: unknown } | undefined {
  return (error as { $metadata?: { httpStatusCode?: unknown; attempts?: unknown } } | null)?.$metadata;
}
