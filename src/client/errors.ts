/** The codes that the service answers with, then the client's own. */
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
  /** No answer: not reachable, cut off, too slow, or a 5xx of something in between. */
  'SERVICE_UNREACHABLE',
  /** An answer, but not one of this service: most likely a wrong `url`. */
  'UNEXPECTED_RESPONSE',
  /** Storage did not take the bytes. `extensions.status` is its HTTP status, where it answered. */
  'UPLOAD_FAILED',
  /** The bytes of a download did not come whole. `extensions.status` is the HTTP status of a refusal. */
  'DOWNLOAD_FAILED',
] as const;

export type AskfileErrorCode = (typeof errorCodes)[number];

/**
 * Every failure that the client reports, except an abort (that is `signal.reason`).
 * Decide by `code`, it is stable; `message` is for people. A newer service may send codes not listed here.
 */
export class AskfileError extends Error {
  override readonly name = 'AskfileError';
  /** What the service said besides, such as `field`, `retryAfterSeconds` or `outcome`. */
  readonly extensions: Readonly<Record<string, unknown>>;

  constructor(
    readonly code: AskfileErrorCode | (string & {}),
    message: string,
    options: { cause?: unknown; extensions?: Readonly<Record<string, unknown>> } = {},
  ) {
    super(message, { cause: options.cause });
    this.extensions = options.extensions ?? {};
  }
}

/** From the `errors` of a GraphQL answer. The first counts: one operation asks for one thing. */
export function toAskfileError(errors: readonly unknown[]): AskfileError {
  const first = errors[0];
  const message =
    isRecord(first) && typeof first['message'] === 'string' ? first['message'] : 'The request failed.';
  const { code, ...extensions } = isRecord(first) && isRecord(first['extensions']) ? first['extensions'] : {};
  return new AskfileError(typeof code === 'string' ? code : 'INTERNAL_SERVER_ERROR', message, { extensions });
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
