import { and, asc, count, eq, gt, gte, inArray, isNull, sql } from 'drizzle-orm';
import { hasStem } from '../../core/columns.table.js';
import type { Db } from '../../core/db.js';
import type { AssetType } from '../assets/asset.js';
import { assets } from '../assets/asset.table.js';
import { toStem } from '../storage/object-keys.js';
import type { AssetProcessing, ProcessingKind } from './processing.js';
import { assetProcessing } from './processing.table.js';

const now = sql`clock_timestamp()`;

/** What an attempt is made of: the row is PENDING. */
export interface PendingRow {
  readonly kind: ProcessingKind;
  readonly attempts: number;
}

export interface ReprocessFilter {
  readonly type?: AssetType | undefined;
  readonly since?: Date | undefined;
  readonly onlyFailed?: boolean | undefined;
}

const shown = {
  assetId: assetProcessing.assetId,
  status: assetProcessing.status,
  error: assetProcessing.error,
  width: assetProcessing.width,
  height: assetProcessing.height,
  durationSeconds: assetProcessing.durationSeconds,
  thumbnailKey: assetProcessing.thumbnailKey,
};

const nothingFound = { error: null, width: null, height: null, durationSeconds: null, thumbnailKey: null };

export type Finding = Omit<AssetProcessing, 'assetId' | 'status'> & { readonly status: 'DONE' | 'FAILED' };

export function makeProcessingStore(db: Db) {
  return {
    /** PENDING from here on, whatever it was. The key of the thumbnail that it had. */
    async begin(asset: { id: string; orgId: string }, kind: ProcessingKind): Promise<string | null> {
      const [before] = await db
        .select({ thumbnailKey: assetProcessing.thumbnailKey })
        .from(assetProcessing)
        .where(eq(assetProcessing.assetId, asset.id))
        .for('update');
      const fresh = { kind, status: 'PENDING' as const, attempts: 0, ...nothingFound, updatedAt: now };
      await db
        .insert(assetProcessing)
        .values({ assetId: asset.id, orgId: asset.orgId, ...fresh })
        .onConflictDoUpdate({ target: assetProcessing.assetId, set: fresh });
      return before?.thumbnailKey ?? null;
    },

    /** It is no longer of a kind that is processed. The key of the thumbnail that it had. */
    async remove(assetId: string): Promise<string | null> {
      const [row] = await db
        .delete(assetProcessing)
        .where(eq(assetProcessing.assetId, assetId))
        .returning({ thumbnailKey: assetProcessing.thumbnailKey });
      return row?.thumbnailKey ?? null;
    },

    async findPending(assetId: string): Promise<PendingRow | undefined> {
      const [row] = await db
        .select({ kind: assetProcessing.kind, attempts: assetProcessing.attempts })
        .from(assetProcessing)
        .where(and(eq(assetProcessing.assetId, assetId), eq(assetProcessing.status, 'PENDING')));
      return row;
    },

    /** One more, or one less when it was no fault of the file. */
    async countAttempt(assetId: string, by: 1 | -1): Promise<void> {
      await db
        .update(assetProcessing)
        .set({ attempts: sql`greatest(${assetProcessing.attempts} + ${by}, 0)` })
        .where(and(eq(assetProcessing.assetId, assetId), eq(assetProcessing.status, 'PENDING')));
    },

    /**
     * Once: undefined when it is PENDING no more. Holds only for the bytes that were read (`storageKey`, or its stem:
     * it may have been sealed since), of an asset that is not being purged, whose row stays locked until the
     * transaction ends. `isSealed`: its memory is encrypted by now.
     */
    async record(
      assetId: string,
      storageKey: string,
      finding: Finding,
    ): Promise<{ isSealed: boolean } | undefined> {
      const isAtKey = hasStem(assets.storageKey, toStem(storageKey));
      const [asset] = await db
        .select({ keyVersion: assets.keyVersion })
        .from(assets)
        .where(and(eq(assets.id, assetId), isAtKey, isNull(assets.purgingAt)))
        .for('update');
      if (asset === undefined) return undefined;
      const { rowCount } = await db
        .update(assetProcessing)
        .set({ ...finding, updatedAt: now })
        .where(and(eq(assetProcessing.assetId, assetId), eq(assetProcessing.status, 'PENDING')));
      return rowCount === 1 ? { isSealed: asset.keyVersion !== null } : undefined;
    },

    async list(orgId: string, assetIds: readonly string[]): Promise<AssetProcessing[]> {
      return db
        .select(shown)
        .from(assetProcessing)
        .where(and(eq(assetProcessing.orgId, orgId), inArray(assetProcessing.assetId, [...assetIds])));
    },

    async findThumbnailKey(assetId: string): Promise<string | null> {
      const [row] = await db
        .select({ thumbnailKey: assetProcessing.thumbnailKey })
        .from(assetProcessing)
        .where(eq(assetProcessing.assetId, assetId));
      return row?.thumbnailKey ?? null;
    },

    async hasThumbnailAt(key: string): Promise<boolean> {
      const rows = await db
        .select({ assetId: assetProcessing.assetId })
        .from(assetProcessing)
        .where(eq(assetProcessing.thumbnailKey, key));
      return rows.length > 0;
    },

    /** Thumbnails in the order of their keys' bytes, those after `afterKey`. */
    async listThumbnails(afterKey: string, limit: number): Promise<{ assetId: string; key: string }[]> {
      const rows = await db
        .select({ assetId: assetProcessing.assetId, key: assetProcessing.thumbnailKey })
        .from(assetProcessing)
        .where(gt(assetProcessing.thumbnailKey, afterKey))
        .orderBy(asc(assetProcessing.thumbnailKey))
        .limit(limit);
      return rows.flatMap(({ assetId, key }) => (key === null ? [] : { assetId, key }));
    },

    async forgetThumbnail(key: string): Promise<void> {
      await db
        .update(assetProcessing)
        .set({ thumbnailKey: null })
        .where(eq(assetProcessing.thumbnailKey, key));
    },

    /** How many of each kind wait or run. */
    async countPending(): Promise<{ kind: ProcessingKind; count: number }[]> {
      return db
        .select({ kind: assetProcessing.kind, count: count() })
        .from(assetProcessing)
        .where(eq(assetProcessing.status, 'PENDING'))
        .groupBy(assetProcessing.kind);
    },

    /** CLEAN assets that nothing waits for, by id, those after `afterId`. Locked until the transaction ends. */
    async lockProcessable(
      { type, since, onlyFailed = false }: ReprocessFilter,
      afterId: string,
      limit: number,
    ): Promise<{ id: string; orgId: string; mimeType: string }[]> {
      const before = db
        .select({ assetId: assetProcessing.assetId })
        .from(assetProcessing)
        .where(
          and(
            eq(assetProcessing.assetId, assets.id),
            eq(assetProcessing.status, onlyFailed ? 'FAILED' : 'PENDING'),
          ),
        );
      return db
        .select({ id: assets.id, orgId: assets.orgId, mimeType: assets.mimeType })
        .from(assets)
        .where(
          and(
            gt(assets.id, afterId),
            eq(assets.scanStatus, 'CLEAN'),
            isNull(assets.purgingAt),
            type === undefined ? undefined : eq(assets.type, type),
            since === undefined ? undefined : gte(assets.createdAt, since),
            onlyFailed ? sql`exists ${before}` : sql`not exists ${before}`,
          ),
        )
        .orderBy(asc(assets.id))
        .limit(limit)
        .for('update');
    },
  };
}
