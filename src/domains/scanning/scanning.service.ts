import { AppError } from '../../core/errors.js';
import type { Log } from '../../core/log.js';
import { locateBytes } from '../assets/sealed-asset.js';
import type { Assets } from '../assets/asset.service.js';
import type { ObjectStore } from '../storage/object-store.js';
import type { ScanBytes } from './scan-bytes.js';

export type Scanning = ReturnType<typeof makeScanning>;

export interface ScanningDeps {
  assets: Assets;
  objects: ObjectStore;
  scanBytes: ScanBytes;
  log: Log;
}

/** Reads each asset's bytes once, wholly: their SHA-256 and whether they are safe. */
export function makeScanning({ assets, objects, scanBytes, log }: ScanningDeps) {
  return {
    /**
     * Idempotent. Throws `ScannerUnavailableError` or STORAGE_UNAVAILABLE when nothing is certain: the asset
     * stays PENDING and the scan is to be run again. Bytes that are missing are noted, and scanned when they are back.
     */
    async scanAsset(assetId: string, signal: AbortSignal): Promise<void> {
      const asset = await assets.findById(assetId);
      if (asset === undefined || asset.scanStatus !== 'PENDING') return;
      const key = await locateBytes(objects, asset);
      const bytes =
        key === undefined
          ? undefined
          : await objects.read(key, { etag: asset.etag }).catch(undefinedWhenGone);
      if (key === undefined || bytes === undefined) return assets.noteBytes(assetId, { areGone: true });
      const { sha256, verdict } = await scanBytes(
        bytes,
        {
          sizeBytes: asset.sizeBytes,
          mimeType: asset.mimeType,
          // A sealed name is not for us to read: the key ends as the type does that it was verified to be.
          extension: extensionOf(asset.sealed === null ? asset.filename : key),
        },
        signal,
      );
      // A worker that was taken for dead writes nothing after the one that took over.
      if (signal.aborted) throw new AppError('STORAGE_UNAVAILABLE', 'The scan was given up.');
      const scanReason = verdict.status === 'BLOCKED' ? verdict.reason : null;
      if (await assets.recordVerdict(assetId, { scanStatus: verdict.status, scanReason, sha256 })) {
        log.info({ assetId, scanStatus: verdict.status, scanReason }, 'scanned');
      }
    },
  };
}

function extensionOf(name: string): string {
  return /\.([^.]+)$/.exec(name.toLowerCase())?.[1] ?? '';
}

function undefinedWhenGone(error: unknown): undefined {
  if (!(error instanceof AppError) || error.code !== 'ASSET_BYTES_GONE') throw error;
}
