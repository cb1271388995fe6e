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

/** Whether it may still come to something, and its bytes are those of this file, as far as can be told. */
export function canGoOn(upload: EarlierUpload, source: UploadSource): boolean {
  const isSameName = upload.filename === toKeptName(source.filename);
  const isSameFile = isSameName && upload.sizeBytes === source.sizeBytes;
  const isOpen = upload.status === 'OPEN' && (upload.multipart ?? upload.request) !== null;
  // Complete, and not submitted yet with others that a prompt takes.
  const isWaiting = upload.status === 'COMPLETED' && upload.asset === null;
  return isSameFile && (isOpen || isWaiting);
}
