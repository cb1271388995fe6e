import { AskfileError } from '../../client/index.js';

const passing: ReadonlySet<string> = new Set(['SERVICE_UNREACHABLE', 'STORAGE_UNAVAILABLE', 'RATE_LIMITED']);

/** Whether it failed on the way, so that it may go on where it was. */
export function isCutOff(error: unknown): boolean {
  if (!(error instanceof AskfileError)) return false;
  return passing.has(error.code) || (error.code === 'UPLOAD_FAILED' && !isRefusedByStorage(error));
}

/** Whether what was begun earlier, or held for long, has ended meanwhile, and sending it from the start may succeed. */
export function isWorthAnew(error: unknown): boolean {
  if (!(error instanceof AskfileError)) return false;
  return error.code === 'UPLOAD_NOT_FOUND' || error.code === 'PERMISSION_DENIED' || isRefusedByStorage(error);
}

function isRefusedByStorage({ code, extensions }: AskfileError): boolean {
  const { status } = extensions;
  return code === 'UPLOAD_FAILED' && typeof status === 'number' && status < 500;
}
