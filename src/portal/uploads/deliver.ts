import type { PortalClient, UploadProgress } from '../../client/index.js';
import type { FolderMaker } from './folder-maker.js';
import type { KeptUploads } from './kept-uploads.js';
import type { Task } from './upload-task.js';

export interface DeliverDeps {
  readonly client: { readonly assets: Pick<PortalClient['assets'], 'upload'> };
  readonly folders: FolderMaker;
  readonly kept: KeptUploads;
}

/** Smaller files are sent whole, and are sent again as quickly. */
const keptFromBytes = 5 * 1024 * 1024;

/**
 * Brings it to its place: the folders on the way, then the file, from where an earlier try was cut off. Rejects with
 * why not.
 */
export async function deliver(
  { client, folders, kept }: DeliverDeps,
  task: Task,
  { signal, onProgress }: { signal: AbortSignal; onProgress: (progress: UploadProgress) => void },
): Promise<void> {
  const { destination, path, name, sizeBytes } = task.item;
  const { spaceId, replaces } = destination;
  const folderId = await folders.ensure(destination, path);
  const { file, pause } = task;
  if (file === undefined || signal.aborted) return;
  await client.assets.upload(file, {
    spaceId,
    ...(replaces === undefined
      ? folderId !== undefined && { folderId }
      : { replaceAssetId: replaces.assetId }),
    signal,
    pause,
    resume: task.uploadId,
    keepWhenCutOff: true,
    onBegun(uploadId) {
      task.uploadId = uploadId;
      if (sizeBytes < keptFromBytes) return;
      const there = { ...destination, folderId };
      kept.keep({ uploadId, filename: name, sizeBytes, lastModified: file.lastModified, destination: there });
    },
    onProgress,
  });
}
