import { AppError } from '../../core/errors.js';
import type { Log } from '../../core/log.js';
import { locateBytes } from '../assets/sealed-asset.js';
import type { Asset } from '../assets/asset.js';
import type { Assets } from '../assets/asset.service.js';
import type { ObjectStore } from '../storage/object-store.js';
import type { ScanBytes, ScanResult } from './scan-bytes.js';

export type Scanning = ReturnType<typeof makeScanning>;

/** As much of a file as its scan wants to know. */
export type ScannedFile = Pick<Asset, 'storageKey' | 'etag' | 'sizeBytes' | 'mimeType'>;

export interface ScanningDeps {
  assets: Assets;
  objects: ObjectStore;
  scanBytes: ScanBytes;
  log: Log;
}

/** Reads each asset's bytes once, wholly: their SHA-256 and whether they are safe. */
export function makeScanning({ assets, objects, scanBytes, log }: ScanningDeps) {
  /**
   * undefined when the bytes are missing. Throws `ScannerUnavailableError` or STORAGE_UNAVAILABLE when nothing is
   * certain: the scan is to be run again.
   */
  async function scanFile(file: ScannedFile, signal: AbortSignal): Promise<ScanResult | undefined> {
    const scanned = await scanOrGone(file, signal);
    // A worker that was taken for dead writes nothing after the one that took over.
    if (signal.aborted) throw new AppError('STORAGE_UNAVAILABLE', 'The scan was given up.');
    return scanned;
  }

  async function scanOrGone({ storageKey, etag, sizeBytes, mimeType }: ScannedFile, signal: AbortSignal) {
    const bytes = await objects.read(storageKey, { etag }).catch(undefinedWhenGone);
    if (bytes === undefined) return undefined;
    return scanBytes(bytes, { sizeBytes, mimeType }, signal);
  }

  /** A sealed key is not for us to read: the bytes are found by their ids. */
  async function toScanned(asset: Asset): Promise<ScannedFile> {
    return { ...asset, storageKey: (await locateBytes(objects, asset)) ?? asset.storageKey };
  }

  return {
    scanFile,

    /**
     * Idempotent. Throws as `scanFile`: the asset stays PENDING. Bytes that are missing are noted, and scanned when
     * they are back.
     */
    async scanAsset(assetId: string, signal: AbortSignal): Promise<void> {
      const asset = await assets.findById(assetId);
      if (asset === undefined || asset.scanStatus !== 'PENDING') return;
      const scanned = await scanFile(await toScanned(asset), signal);
      if (scanned === undefined) return assets.noteBytes(asset, { areGone: true });
      const { sha256, verdict } = scanned;
      const scanReason = verdict.status === 'BLOCKED' ? verdict.reason : null;
      if (await assets.recordVerdict(assetId, { scanStatus: verdict.status, scanReason, sha256 })) {
        log.info({ assetId, scanStatus: verdict.status, scanReason }, 'scanned');
      }
    },
  };
}

function undefinedWhenGone(error: unknown): undefined {
  if (!(error instanceof AppError) || error.code !== 'ASSET_BYTES_GONE') throw error;
}
