import type { Assets } from '../domains/assets/asset.service.js';
import type { Trash } from '../domains/assets/trash.service.js';
import type { RunErasure } from '../domains/erasure/run-erasure.js';
import type { ProcessAsset } from '../domains/processing/process-asset.js';
import type { Processing } from '../domains/processing/processing.service.js';
import type { Scanning } from '../domains/scanning/scanning.service.js';
import { listKeys, toStem } from '../domains/storage/object-keys.js';
import type { ObjectStore } from '../domains/storage/object-store.js';
import type { Replacements } from '../domains/uploads/replacements.js';
import type { VerifiedFiles } from '../domains/uploads/verified-files.js';
import type { Sealing } from '../domains/vault/sealing.js';
import type { Handlers } from './runner.js';

export interface HandlersDeps {
  scanning: Scanning;
  assets: Assets;
  trash: Trash;
  sealing: Sealing;
  verifiedFiles: VerifiedFiles;
  replacements: Replacements;
  objects: ObjectStore;
  runErasure: RunErasure;
  processing: Processing;
  processAsset: ProcessAsset;
  scanConcurrency: number;
  processingConcurrency: number;
}

/** Which call does which job. */
export function makeHandlers({
  scanning,
  assets,
  trash,
  sealing,
  verifiedFiles,
  replacements,
  objects,
  runErasure,
  processing,
  processAsset,
  scanConcurrency,
  processingConcurrency,
}: HandlersDeps): Handlers {
  async function abortParts(key: string): Promise<void> {
    for await (const upload of objects.listMultipartUploads(key)) {
      if (upload.key === key || toStem(upload.key) === key) await objects.abortMultipart(upload);
    }
  }

  return {
    'scan-asset': {
      concurrency: scanConcurrency,
      run: ({ assetId }, signal) => scanning.scanAsset(assetId, signal),
    },
    'scan-replacement': {
      concurrency: scanConcurrency,
      run: ({ uploadId }, signal) => replacements.finishReplacement(uploadId, signal),
    },
    'process-asset': {
      concurrency: processingConcurrency,
      run: ({ assetId }, signal) => processAsset(assetId, signal),
    },
    'discard-object': {
      concurrency: 4,
      async run({ key, inParts = false }) {
        // First, so that none of them can become the object that is then deleted.
        if (inParts) await abortParts(key);
        // In this order: what is kept becomes an asset's, never the other way.
        const isInUse =
          (await verifiedFiles.existsAt(key)) ||
          (await assets.existsAt(key)) ||
          (await processing.existsAt(key));
        if (isInUse) return;
        for (const stored of await listKeys(objects, key)) await objects.delete(stored);
      },
    },
    'purge-asset': {
      concurrency: 4,
      run: ({ assetId }) => trash.finishPurge(assetId),
    },
    'seal-memory': {
      concurrency: 2,
      run: ({ memoryId }, signal) => sealing.sealMemory(memoryId, signal),
    },
    erase: {
      concurrency: 1,
      run: ({ erasureId }, signal) => runErasure(erasureId, { signal }),
    },
  };
}
