// One error type: a code to branch on, what was wrong, where, and what to do about it. Never log content, never a secret.

export class WiretrailError extends Error {
  readonly code: string;
  /** File, object, option or record that it is about. */
  readonly where: string;
  readonly hint: string;

  constructor(code: string, where: string, what: string, hint: string, cause?: unknown) {
    super(`${where}: ${what}`, cause === undefined ? undefined : { cause });
    this.name = 'WiretrailError';
    this.code = code;
    this.where = where;
    this.hint = hint;
  }
}
