import { AskfileError, type PortalClient } from '../../../client/index.js';
import { DownloadFile } from '../generated/documents.js';

export interface ReadOptions {
  readonly fileId: string;
  /** Of the blob: what the service verified, not what storage happens to say. */
  readonly mimeType: string;
  readonly signal: AbortSignal;
  readonly onProgress: (receivedBytes: number) => void;
}

/** All bytes of a file. Throws `AskfileError`: SCAN_BLOCKED, DOWNLOAD_FAILED, …, or the signal's reason. */
export async function readBytes(
  client: Pick<PortalClient, 'mutate'>,
  { fileId, mimeType, signal, onProgress }: ReadOptions,
): Promise<Blob> {
  const variables = { id: fileId, disposition: 'ATTACHMENT' } as const;
  const { createDownloadUrl } = await client.mutate(DownloadFile, variables);
  signal.throwIfAborted();
  try {
    const response = await fetch(createDownloadUrl.url, { signal });
    if (!response.ok || response.body === null) throw new Error(`answered ${response.status}`);
    const parts: Uint8Array<ArrayBuffer>[] = [];
    let received = 0;
    const reader = response.body.getReader();
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      parts.push(part.value);
      received += part.value.length;
      onProgress(received);
    }
    return new Blob(parts, { type: mimeType });
  } catch (cause) {
    signal.throwIfAborted();
    throw new AskfileError('DOWNLOAD_FAILED', 'The download was cut short.', { cause });
  }
}
