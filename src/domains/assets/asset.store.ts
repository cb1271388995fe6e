import { and, desc, eq, inArray, lt, sql, type SQL } from 'drizzle-orm';
import type { Db } from '../../core/db.js';
import type { Asset, AssetType } from './asset.js';
import { assets } from './asset.table.js';
import { spentDownloads } from './spent-download.table.js';

export type AssetStore = ReturnType<typeof makeAssetStore>;

export type NewAsset = Omit<Asset, 'sha256' | 'scanStatus' | 'scanReason' | 'createdAt' | 'updatedAt'>;

export interface MemoryFilter {
  orgId: string;
  userId: string;
  agentUrn?: string | undefined;
  type?: AssetType | undefined;
  mimeType?: string | undefined;
}

/** The last row of the page before: (createdAt, id), both descending. */
export interface AssetPosition {
  createdAt: Date;
  id: string;
}

export function makeAssetStore(db: Db) {
  // Prepared on first use: a store made for one transaction may never need it.
  let prepared: ReturnType<typeof prepareById> | undefined;
  const byId = () => (prepared ??= prepareById(db));

  return {
    async insert({ uploadedBy, ...columns }: NewAsset): Promise<Asset> {
      const [row] = await db
        .insert(assets)
        .values({ ...columns, uploadedByKind: uploadedBy.kind, uploadedById: uploadedBy.id })
        .returning();
      // An INSERT of one row returns one row.
      return toAsset(row!);
    },

    async findById(id: string): Promise<Asset | undefined> {
      const [row] = await byId().execute({ id });
      return row && toAsset(row);
    },

    async listByIds(orgId: string, ids: readonly string[]): Promise<Asset[]> {
      const rows = await db
        .select()
        .from(assets)
        .where(and(eq(assets.orgId, orgId), inArray(assets.id, [...ids])));
      return rows.map(toAsset);
    },

    /** Newest first. One row comparison on the index that fits the filter, whatever the page. */
    async listOfPerson(filter: MemoryFilter, limit: number, after?: AssetPosition): Promise<Asset[]> {
      const conditions: SQL[] = [eq(assets.orgId, filter.orgId), eq(assets.userId, filter.userId)];
      if (filter.agentUrn !== undefined) conditions.push(eq(assets.agentUrn, filter.agentUrn));
      if (filter.type !== undefined) conditions.push(eq(assets.type, filter.type));
      if (filter.mimeType !== undefined) conditions.push(eq(assets.mimeType, filter.mimeType));
      if (after !== undefined) {
        const { createdAt, id } = after;
        conditions.push(
          sql`(${assets.createdAt}, ${assets.id}) < (${createdAt.toISOString()}::timestamptz, ${id})`,
        );
      }
      const rows = await db
        .select()
        .from(assets)
        .where(and(...conditions))
        .orderBy(desc(assets.createdAt), desc(assets.id))
        .limit(limit);
      return rows.map(toAsset);
    },

    async existsAt(storageKey: string): Promise<boolean> {
      const rows = await db.select({ id: assets.id }).from(assets).where(eq(assets.storageKey, storageKey));
      return rows.length > 0;
    },

    /** Once: false when a verdict was there already. */
    async recordVerdict(
      id: string,
      verdict: { scanStatus: 'CLEAN' | 'BLOCKED'; scanReason: string | null; sha256: string },
    ): Promise<boolean> {
      const { rowCount } = await db
        .update(assets)
        .set({ ...verdict, updatedAt: sql`clock_timestamp()` })
        .where(and(eq(assets.id, id), eq(assets.scanStatus, 'PENDING')));
      return rowCount === 1;
    },

    /** One atomic step: false when it was spent before. */
    async spendDownload(id: string, expiresAt: Date): Promise<boolean> {
      const { rowCount } = await db.insert(spentDownloads).values({ id, expiresAt }).onConflictDoNothing();
      return rowCount === 1;
    },

    /** An ended URL is refused for its age alone. */
    async forgetEndedDownloads(): Promise<void> {
      await db.delete(spentDownloads).where(lt(spentDownloads.expiresAt, sql`now() - interval '1 hour'`));
    },
  };
}

function prepareById(db: Db) {
  return db
    .select()
    .from(assets)
    .where(eq(assets.id, sql.placeholder('id')))
    .prepare('asset_by_id');
}

function toAsset(row: typeof assets.$inferSelect): Asset {
  const { uploadedByKind, uploadedById, ...asset } = row;
  return { ...asset, uploadedBy: { kind: uploadedByKind, id: uploadedById } };
}
