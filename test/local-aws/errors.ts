// An error as a service answers it: code, words, HTTP status.

export class ServiceError extends Error {
  readonly code: string;
  readonly status: number;

  constructor(code: string, message: string, status = 400) {
    super(message);
    this.name = 'ServiceError';
    this.code = code;
    this.status = status;
  }
}

/** What the emulator does not do is an error, never a 200. */
export function unknownOperation(service: string, operation: string): ServiceError {
  return new ServiceError('UnknownOperationException', `${service}: ${operation} is not emulated`);
}
