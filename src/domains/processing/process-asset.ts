import { Readable } from 'node:stream';
import type { Db, Transact } from '../../core/db.js';
import { AppError } from '../../core/errors.js';
import type { Log } from '../../core/log.js';
import type { Queue } from '../../core/queue.js';
import type { AssetEvents } from '../assets/asset-events.js';
import type { AssetTexts } from '../assets/asset-texts.js';
import { ownerIdOf, type Asset } from '../assets/asset.js';
import type { Assets } from '../assets/asset.service.js';
import { locateBytes } from '../assets/sealed-asset.js';
import { newThumbnailKey } from '../storage/object-keys.js';
import type { ObjectStore } from '../storage/object-store.js';
import type { Extract, Extraction, Extractor } from './extractor.js';
import { maxAttempts, type ProcessingKind } from './processing.js';
import { makeProcessingStore, type PendingRow } from './processing.store.js';
import type { Transcribe } from './transcribe.js';

/** The child that read it died: the job is run again, a few times. */
export class ReaderDiedError extends Error {
  override readonly name = 'ReaderDiedError';
}

export interface ProcessAssetDeps {
  db: Db;
  transact: Transact;
  objects: ObjectStore;
  queue: Queue;
  assets: Assets;
  events: AssetEvents;
  texts: AssetTexts;
  extractor: Extractor;
  transcribe: Transcribe;
  /** Told after each try. */
  onProcessed: (kind: ProcessingKind, outcome: Extraction['status'], seconds: number) => void;
  log: Log;
}

/** When a thumbnail that was stored, and became no asset's, is deleted: well after the try that stored it. */
const thumbnailLifetimeSeconds = 600;

const noExtract: Extract = {
  text: null,
  isTextCut: false,
  width: null,
  height: null,
  durationSeconds: null,
  thumbnail: null,
};

export type ProcessAsset = ReturnType<typeof makeProcessAsset>;

export function makeProcessAsset(deps: ProcessAssetDeps) {
  const { db, transact, objects, queue, assets, events, texts, extractor, transcribe, onProcessed, log } =
    deps;
  const store = makeProcessingStore(db);

  /**
   * Reads a CLEAN asset apart from this process, and keeps what was found. Idempotent; the asset itself is never
   * touched. Of what is in an encrypted memory no text is kept, and no recording sent to be transcribed: names may be
   * in it. Throws STORAGE_UNAVAILABLE when nothing is certain, and `ReaderDiedError` when the file may have killed its
   * reader: it is to be run again, and is given up as FAILED the third time.
   */
  return async function processAsset(assetId: string, signal: AbortSignal): Promise<void> {
    const asset = await assets.findById(assetId);
    const row = asset?.scanStatus === 'CLEAN' ? await store.findPending(assetId) : undefined;
    if (asset === undefined || asset.purgingAt !== null || row === undefined) return;
    // Counted before: a try that takes this very process with it counts as well.
    if (row.attempts >= maxAttempts) {
      return record(asset, row.kind, { error: 'Its reader was stopped three times.', status: 'FAILED' });
    }
    await store.countAttempt(assetId, 1);
    await attempt(asset, row, signal).catch(async (error: unknown) => {
      // Nothing was learnt about the file, unless it was that.
      if (!(error instanceof ReaderDiedError)) await store.countAttempt(assetId, -1);
      throw error;
    });
  };

  async function attempt(asset: Asset, row: PendingRow, signal: AbortSignal): Promise<void> {
    const startedAt = performance.now();
    const extraction = await extract(asset, row, signal);
    onProcessed(row.kind, extraction.status, (performance.now() - startedAt) / 1000);
    if (extraction.status === 'DONE') return keep(asset, row.kind, extraction.extract, signal);
    const { status, reason } = extraction;
    if (status === 'CRASHED' && row.attempts + 1 < maxAttempts) throw new ReaderDiedError(reason);
    await record(asset, row.kind, { status: 'FAILED', error: reason });
  }

  async function extract(asset: Asset, { kind }: PendingRow, signal: AbortSignal): Promise<Extraction> {
    const { mimeType, sizeBytes } = asset;
    try {
      const key = (await locateBytes(objects, asset)) ?? asset.storageKey;
      const bytes = await objects.read(key, { etag: asset.etag });
      const extraction = await extractor.extract(bytes, { kind, mimeType, sizeBytes }, signal);
      // A worker that was taken for dead writes nothing after the one that took over.
      if (signal.aborted) throw new AppError('STORAGE_UNAVAILABLE', 'The processing was given up.');
      return extraction;
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'ASSET_BYTES_GONE') throw error;
      await assets.noteBytes(asset, { areGone: true });
      return { status: 'FAILED', reason: 'Storage has lost the file.' };
    }
  }

  async function keep(
    asset: Asset,
    kind: ProcessingKind,
    found: Extract,
    signal: AbortSignal,
  ): Promise<void> {
    const { text, error } =
      asset.sealed === null ? await transcribe(asset, kind, found.text, signal) : { text: null, error: null };
    const thumbnailKey = found.thumbnail === null ? null : await putThumbnail(asset, found.thumbnail);
    const missing = found.missing ?? null;
    await record(asset, kind, { status: 'DONE', error: error ?? missing, ...found, text }, thumbnailKey);
  }

  async function putThumbnail(asset: Asset, body: Buffer): Promise<string> {
    const key = newThumbnailKey(asset.orgId, ownerIdOf(asset), asset.id);
    // Should this process die, or the asset be gone by then, it is deleted.
    await transact((tx) =>
      queue.enqueue(tx, 'discard-object', { key }, { delaySeconds: thumbnailLifetimeSeconds }),
    );
    await objects.put({ key, contentType: 'image/webp', body: Readable.from([body]) });
    return key;
  }

  async function record(
    asset: Asset,
    kind: ProcessingKind,
    found: Partial<Extract> & { status: 'DONE' | 'FAILED'; error: string | null },
    thumbnailKey: string | null = null,
  ): Promise<void> {
    const { status, error, text, isTextCut, width, height, durationSeconds } = { ...noExtract, ...found };
    const finding = { status, error, width, height, durationSeconds, thumbnailKey };
    const isRecorded = await transact(async (tx) => {
      const recorded = await makeProcessingStore(tx.db).record(asset.id, asset.storageKey, finding);
      if (recorded === undefined) return false;
      await texts.put(tx, asset, { text: recorded.isSealed ? null : text, isTextCut });
      await events.record(tx, 'UPDATED', [asset]);
      return true;
    });
    if (isRecorded) log.info({ assetId: asset.id, kind, status, reason: error }, 'processed');
  }
}
