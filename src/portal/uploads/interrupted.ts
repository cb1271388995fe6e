import type { PortalClient } from '../../client/index.js';
import { LetUploadGo, UnfinishedUpload } from './generated/documents.js';
import type { KeptUpload, KeptUploads } from './kept-uploads.js';

/** An upload that an earlier page of this tab was sending. */
export interface Interrupted extends KeptUpload {
  readonly sentBytes: number;
}

type Client = Pick<PortalClient, 'query' | 'mutate'>;

/** Those of the kept uploads that can go on; all others are forgotten. Never rejects. */
export async function findInterrupted(client: Client, kept: KeptUploads): Promise<Interrupted[]> {
  const found = await Promise.all(kept.list().map((upload) => find(client, upload)));
  return found.flatMap(({ upload, sentBytes }) => {
    if (sentBytes !== undefined) return [{ ...upload, sentBytes }];
    kept.forget(upload.uploadId);
    return [];
  });
}

async function find(client: Client, upload: KeptUpload): Promise<{ upload: KeptUpload; sentBytes?: number }> {
  const { uploadId, sizeBytes } = upload;
  try {
    const { upload: now } = await client.query(UnfinishedUpload, { id: uploadId });
    if (now?.status !== 'OPEN') return { upload };
    if (now.multipart !== null) {
      const { uploadedParts, partSizeBytes } = now.multipart;
      return { upload, sentBytes: Math.min(sizeBytes, uploadedParts.length * partSizeBytes) };
    }
    // Sent whole: there is nothing to go on with.
    await client.mutate(LetUploadGo, { uploadId });
    return { upload };
  } catch {
    // Whether it can go on shows when it is tried.
    return { upload, sentBytes: 0 };
  }
}
