import type { PortalClient } from '../../client/index.js';
import { LetUploadGo, UnfinishedUpload } from './generated/documents.js';
import type { KeptUpload, KeptUploads } from './kept-uploads.js';

/** An upload that an earlier page of this tab was sending. */
export interface Interrupted extends KeptUpload {
  readonly sentBytes: number;
}

type Client = Pick<PortalClient, 'query' | 'mutate'>;

/**
 * Tells those of the kept uploads that can go on; those that have ended are forgotten, and those that another tab is
 * sending are left to it. Never rejects.
 */
export async function findInterrupted(
  client: Client,
  kept: KeptUploads,
  onFound: (interrupted: Interrupted) => void,
): Promise<void> {
  const look = async (upload: KeptUpload) => {
    if (!(await kept.isOwn(upload.uploadId))) return;
    const sentBytes = await findSent(client, upload);
    if (sentBytes === undefined) kept.forget(upload.uploadId);
    else onFound({ ...upload, sentBytes });
  };
  await Promise.all(kept.list().map(look));
}

/** undefined when there is nothing to go on with. */
async function findSent(client: Client, { uploadId, sizeBytes }: KeptUpload): Promise<number | undefined> {
  try {
    const { upload: now } = await client.query(UnfinishedUpload, { id: uploadId });
    if (now?.status !== 'OPEN') return undefined;
    if (now.multipart !== null) {
      const { uploadedParts, partSizeBytes } = now.multipart;
      return Math.min(sizeBytes, uploadedParts.length * partSizeBytes);
    }
    // Sent whole.
    await client.mutate(LetUploadGo, { uploadId });
    return undefined;
  } catch {
    // Whether it can go on shows when it is tried.
    return 0;
  }
}
