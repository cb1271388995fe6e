import { AppError } from '../../core/errors.js';

/**
 * What storage or the network said, by allow-list: the SDK's errors carry keys, signatures and the whole request,
 * and the cause of an AppError is logged.
 */
export class StorageFault extends Error {
  override readonly name = 'StorageFault';
  constructor(
    readonly operation: string,
    /** `SlowDown`, `ECONNREFUSED`, `TimeoutError`; `Unknown` when it is no plain word. */
    readonly reason: string,
    /** 0 when there was no answer. */
    readonly httpStatus: number,
  ) {
    super(`${operation}: ${reason}${httpStatus === 0 ? '' : ` (HTTP ${httpStatus})`}`);
  }
}

interface ErrorLike {
  readonly name?: unknown;
  readonly code?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: unknown };
}

/** Reads any error of the SDK, of Node's sockets or of ours. */
export function toFault(operation: string, error: unknown): StorageFault {
  if (error instanceof StorageFault) return error;
  const { code, name, $metadata }: ErrorLike = typeof error === 'object' && error !== null ? error : {};
  const isWord = (word: unknown): word is string => typeof word === 'string' && /^\w{1,64}$/.test(word);
  const status = $metadata?.httpStatusCode;
  return new StorageFault(
    operation,
    [code, name].filter(isWord).find((word) => word !== 'Error') ?? 'Unknown',
    typeof status === 'number' ? status : 0,
  );
}

export function unavailable(fault: StorageFault): AppError {
  return new AppError('STORAGE_UNAVAILABLE', 'Storage cannot be reached right now. Please try again.', {
    cause: fault,
  });
}

/** The object is missing, said by a store whose bucket is there. HEAD has no body: there it is 404 alone. */
export function isMissingObject(fault: StorageFault): boolean {
  return fault.httpStatus === 404 && fault.reason !== 'NoSuchBucket';
}

export function isFailedCondition(fault: StorageFault): boolean {
  return fault.httpStatus === 412;
}

export function isEmptyRange(fault: StorageFault): boolean {
  return fault.httpStatus === 416;
}
