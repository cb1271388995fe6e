import { GetUpload } from './generated/documents.js';
import type { BeginUploadMutationVariables, GetUploadQuery } from './generated/types.js';
import type { Execute } from './http.js';
import { toKeptName } from './kept-name.js';
import { retrying, type RetryPolicy } from './retry.js';
import type { Asset } from './types.js';
import type { UploadSource } from './upload-source.js';

export type EarlierUpload = NonNullable<GetUploadQuery['upload']>;
type BeginUploadInput = BeginUploadMutationVariables['input'];

/** Where an upload is to come, of what the caller says and the service tells. */
export type IsHere = (upload: EarlierUpload) => boolean;

/** The one that every organization has, by the name that it always has. */
const DEFAULT_SPACE_NAME = 'Default';

/**
 * What was begun here before a reload or a restart; null when there is no such upload, or it is of another place, and
 * none of ours. Throws as the service.
 */
export async function findEarlier(
  { execute, policy }: { execute: Execute; policy: RetryPolicy },
  id: string | undefined,
  isHere: IsHere,
  signal: AbortSignal,
): Promise<EarlierUpload | null> {
  if (id === undefined) return null;
  const { upload } = await retrying(() => execute(GetUpload, { id }, { signal }), { policy, signal });
  return upload !== null && isHere(upload) ? upload : null;
}

/** The place of a file for a space, as `beginUpload` takes it. */
export function isAtPlace({
  spaceId,
  folderId = null,
  replaceAssetId = null,
  execution,
}: BeginUploadInput): IsHere {
  return (upload) => {
    // What is replaced stays where it is, so that without a space it is in the right one.
    const isInSpace =
      spaceId != null ? upload.space?.id === spaceId : replaceAssetId !== null || isInDefault(upload);
    return (
      upload.promptId === null &&
      isInSpace &&
      upload.folderId === folderId &&
      upload.replacesAssetId === replaceAssetId &&
      upload.executionId === (execution?.executionId ?? null)
    );
  };
}

function isInDefault({ space }: EarlierUpload): boolean {
  return space?.name === DEFAULT_SPACE_NAME;
}

/** Whether its bytes may still be sent, and are those of this file. */
export function canGoOn(upload: EarlierUpload, source: UploadSource): boolean {
  const isOpen = upload.status === 'OPEN' && (upload.multipart ?? upload.request) !== null;
  return isOpen && isOf(source, upload);
}

/** What came of this file, where it is complete. */
export function findAsset(upload: EarlierUpload | null, source: UploadSource): Asset | null {
  if (upload === null || upload.status !== 'COMPLETED' || !isOf(source, upload)) return null;
  return upload.asset;
}

/** Of a prompt that takes several: whether this file is complete, and has not been submitted yet. */
export function isWaiting(upload: EarlierUpload, source: UploadSource): boolean {
  return upload.status === 'COMPLETED' && upload.asset === null && isOf(source, upload);
}

/** As far as can be told. */
function isOf({ filename, sizeBytes }: UploadSource, upload: EarlierUpload): boolean {
  return upload.filename === toKeptName(filename) && upload.sizeBytes === sizeBytes;
}
