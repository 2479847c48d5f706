// Every failure that a person can meet is an AppError: what happened, what was kept, what to do.

export type ErrorCode =
  | 'bad-params' // a call whose parameters the contract refuses
  | 'unknown-method'
  | 'no-project' // nothing is open
  | 'read-only' // another process holds the project
  | 'not-found' // no such run, class, pair, …
  | 'bad-file' // a file of the user's that cannot be used; the message names file and line
  | 'bad-config' // settings that contradict each other
  | 'engine-missing' // no TensorFlow library under tfjs-node-gpu
  | 'diverged' // loss or gradient became NaN or infinite
  | 'cancelled'
  | 'future-schema' // written by a newer Gardenpath
  | 'busy'
  | 'lab-gone' // the lab process died while a call was pending
  | 'internal';

export class AppError extends Error {
  readonly code: ErrorCode;
  /** Longer text for the curious: a path and line, the engine's own words. */
  readonly detail: string | undefined;

  constructor(code: ErrorCode, message: string, detail?: string) {
    super(message);
    this.name = 'AppError';
    this.code = code;
    this.detail = detail;
  }
}

export interface ErrorReply {
  code: ErrorCode;
  message: string;
  detail?: string | undefined;
}

export type Reply<T> = { ok: true; value: T } | { ok: false; error: ErrorReply };

/** What of an error may cross a process boundary. */
export function toErrorReply(error: unknown): ErrorReply {
  if (error instanceof AppError)
    return { code: error.code, message: error.message, detail: error.detail };
  const message = error instanceof Error ? error.message : String(error);
  return { code: 'internal', message, detail: error instanceof Error ? error.stack : undefined };
}
