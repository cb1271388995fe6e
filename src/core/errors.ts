/** Every code a caller may see in `extensions.code`. Codes are stable; messages are not. */
export const errorCodes = [
  'UNAUTHENTICATED',
  'PERMISSION_DENIED',
  'NOT_FOUND',
  'BAD_USER_INPUT',
  'INVALID_CONSTRAINT',
  'TOOL_NOT_ENABLED',
  'PROMPT_ALREADY_RESOLVED',
  'PROMPT_LIMIT',
  'UPLOAD_IN_PROGRESS',
  'IDEMPOTENCY_CONFLICT',
  'FILE_TOO_LARGE',
  'MIME_TYPE_NOT_ALLOWED',
  'UPLOAD_NOT_FOUND',
  'UPLOAD_MISMATCH',
  'QUOTA_EXCEEDED',
  'SCAN_PENDING',
  'SCAN_BLOCKED',
  'ASSET_BYTES_GONE',
  'MEMORY_LOCKED',
  'WRONG_PASSWORD',
  'NAME_TAKEN',
  'FOLDER_NOT_EMPTY',
  'RATE_LIMITED',
  'STORAGE_UNAVAILABLE',
  'INTERNAL_SERVER_ERROR',
] as const;

export type ErrorCode = (typeof errorCodes)[number];

export interface AppErrorOptions {
  /** The fault underneath: logged, never shown. */
  cause?: unknown;
  /** Shown to the caller beside the code, such as `{ field: 'maxSizeBytes' }`. */
  extensions?: Readonly<Record<string, unknown>>;
}

/**
 * An expected refusal, in words for the person or program that gets it.
 * Knows neither GraphQL nor HTTP; the edges translate it. Whatever else is thrown is a bug,
 * logged whole and shown masked.
 */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly extensions: Readonly<Record<string, unknown>>;

  constructor(
    readonly code: ErrorCode,
    message: string,
    options: AppErrorOptions = {},
  ) {
    super(message, { cause: options.cause });
    this.extensions = options.extensions ?? {};
  }
}

/** BAD_USER_INPUT that names the field at fault, by its path in the schema (`file.sizeBytes`). */
export function badInput(field: string, message: string): AppError {
  return new AppError('BAD_USER_INPUT', message, { extensions: { field } });
}

/** The same answer for what does not exist and for what belongs to another organization. */
export function notFound(what: string): AppError {
  return new AppError('NOT_FOUND', `${what} was not found.`);
}

/**
 * A fault that is not the caller's and passes by itself: INTERNAL_SERVER_ERROR in words that are shown, with
 * `retryAfterSeconds`; 503 where there is a status.
 */
export function passingFault(
  message: string,
  { retryAfterSeconds, cause }: { retryAfterSeconds: number; cause: unknown },
): AppError {
  return new AppError('INTERNAL_SERVER_ERROR', message, { cause, extensions: { retryAfterSeconds } });
}

export function isPassingFault(error: AppError): boolean {
  return error.code === 'INTERNAL_SERVER_ERROR' && 'retryAfterSeconds' in error.extensions;
}

export function permissionDenied(message: string): AppError {
  return new AppError('PERMISSION_DENIED', message);
}
