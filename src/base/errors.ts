/** The one error type of Reaper: a kind that code can act on, and a message that names the thing and the way out. */

export type ErrorKind =
  | 'auth'
  | 'quota'
  | 'rate-limit'
  | 'overloaded'
  | 'too-long'
  | 'network'
  | 'timeout'
  | 'bad-response'
  | 'refused'
  | 'budget'
  | 'privacy'
  | 'cancelled'
  | 'invalid-config';

export interface ReaperErrorOptions {
  /** Decided once, here where the error is born: may the same request be sent again to the same place? */
  readonly retryable?: boolean;
  /** A floor from the server (`Retry-After`), in milliseconds. */
  readonly retryAfterMs?: number;
  /** HTTP status, where there was one. */
  readonly status?: number;
  readonly cause?: unknown;
}

const RETRYABLE_BY_DEFAULT: ReadonlySet<ErrorKind> = new Set(['rate-limit', 'overloaded', 'network', 'timeout']);

export class ReaperError extends Error {
  override readonly name = 'ReaperError';
  readonly kind: ErrorKind;
  readonly retryable: boolean;
  readonly retryAfterMs: number | undefined;
  readonly status: number | undefined;

  constructor(kind: ErrorKind, message: string, options: ReaperErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.kind = kind;
    this.retryable = options.retryable ?? RETRYABLE_BY_DEFAULT.has(kind);
    this.retryAfterMs = options.retryAfterMs;
    this.status = options.status;
  }
}

/** Whether a thrown value only says that the caller gave up. Such values are never shown, counted or logged as errors. */
export function isCancellation(error: unknown): boolean {
  if (error instanceof ReaperError) {
    return error.kind === 'cancelled';
  }
  return error instanceof Error && error.name === 'AbortError';
}

/** The message of any thrown value, for logs. */
export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
