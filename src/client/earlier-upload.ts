import { GetUpload } from './generated/documents.js';
import type { GetUploadQuery } from './generated/types.js';
import type { Execute } from './http.js';
import { toKeptName } from './kept-name.js';
import { retrying, type RetryPolicy } from './retry.js';
import type { UploadSource } from './upload-source.js';

export type EarlierUpload = NonNullable<GetUploadQuery['upload']>;

/** What was begun before a reload or a restart; null when there is no such upload. Throws as the service. */
export async function findEarlier(
  { execute, policy }: { execute: Execute; policy: RetryPolicy },
  id: string | undefined,
  signal: AbortSignal,
): Promise<EarlierUpload | null> {
  if (id === undefined) return null;
  return (await retrying(() => execute(GetUpload, { id }, { signal }), { policy, signal })).upload;
}

/** Whether its bytes may still be sent, and are those of this file. */
export function canGoOn(upload: EarlierUpload, source: UploadSource): boolean {
  const isOpen = upload.status === 'OPEN' && (upload.multipart ?? upload.request) !== null;
  return isOpen && isOf(source, upload);
}

/** Of a prompt that takes several: whether this file is complete, and has not been submitted yet. */
export function isWaiting(upload: EarlierUpload, source: UploadSource): boolean {
  return upload.status === 'COMPLETED' && upload.asset === null && isOf(source, upload);
}

/** As far as can be told. */
function isOf({ filename, sizeBytes }: UploadSource, upload: EarlierUpload): boolean {
  return upload.filename === toKeptName(filename) && upload.sizeBytes === sizeBytes;
}
