import { and, asc, desc, eq, gt, inArray, isNull, lt, sql } from 'drizzle-orm';
import type { Db } from '../../core/db.js';
import { hasStem } from '../../core/columns.table.js';
import { memories } from '../memories/memory.table.js';
import { toStem } from '../storage/object-keys.js';
import type { Asset, AssetType, SealedAsset } from './asset.js';
import { assets } from './asset.table.js';
import type { SealedPart } from './sealed-asset.js';
import { spentDownloads } from './spent-download.table.js';

export type NewAsset = Omit<
  Asset,
  | 'sha256'
  | 'scanStatus'
  | 'scanReason'
  | 'createdAt'
  | 'replacedAt'
  | 'updatedAt'
  | 'deletions'
  | 'deletedAt'
  | 'restorableUntil'
  | 'purgingAt'
  | 'bytesGoneAt'
>;

/** What may be changed of it without its bytes. */
export type AssetChange = Partial<SealedPart & Pick<Asset, 'folderId'>>;

/** As much of an asset as is compared with what storage has. */
export type StoredBytes = Pick<Asset, 'id' | 'storageKey' | 'bytesGoneAt'>;

export interface MemoryFilter {
  orgId: string;
  userId: string;
  agentUrn?: string | undefined;
  type?: AssetType | undefined;
  mimeType?: string | undefined;
  includeDeleted: boolean;
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
  /** One statement for each combination of conditions, by its shape. */
  const lists = new Map<string, ReturnType<typeof prepareList>>();

  return {
    async insert({ uploadedBy, sealed, ...columns }: NewAsset): Promise<Asset> {
      const [row] = await db
        .insert(assets)
        .values({
          ...columns,
          ...toSealedColumns(sealed),
          uploadedByKind: uploadedBy.kind,
          uploadedById: uploadedBy.id,
        })
        .returning();
      // An INSERT of one row returns one row.
      return toAsset(row!);
    },

    async findById(id: string): Promise<Asset | undefined> {
      const [row] = await byId().execute({ id });
      return row && toAsset(row);
    },

    /** Without those that are being purged. */
    async listByIds(orgId: string, ids: readonly string[]): Promise<Asset[]> {
      const rows = await db
        .select()
        .from(assets)
        .where(and(eq(assets.orgId, orgId), inArray(assets.id, [...ids]), isNull(assets.purgingAt)));
      return rows.map(toAsset);
    },

    /** Newest first. One row comparison on the index that fits the filter, whatever the page. */
    async listOfPerson(filter: MemoryFilter, limit: number, after?: AssetPosition): Promise<Asset[]> {
      const shape = listShape(filter, after);
      const list = lists.get(shape) ?? prepareList(db, filter, after, `assets_of_person_${shape}`);
      lists.set(shape, list);
      const rows = await list.execute({
        ...filter,
        limit,
        afterCreatedAt: after?.createdAt.toISOString(),
        afterId: after?.id,
      });
      return rows.map(toAsset);
    },

    /** Whoever changes it has locked it. */
    async change(id: string, { sealed, ...change }: AssetChange): Promise<Asset> {
      const [row] = await db
        .update(assets)
        .set({
          ...change,
          ...(sealed === undefined ? {} : toSealedColumns(sealed)),
          updatedAt: sql`clock_timestamp()`,
        })
        .where(eq(assets.id, id))
        .returning();
      // It is locked, so it is there.
      return toAsset(row!);
    },

    /** By the stem of the key, which is all that some rows have of it. */
    async existsAt(storageKey: string): Promise<boolean> {
      const rows = await db
        .select({ id: assets.id })
        .from(assets)
        .where(hasStem(assets.storageKey, toStem(storageKey)));
      return rows.length > 0;
    },

    /** In the order of the keys' bytes, without those that are being purged. */
    async listStored(afterKey: string, limit: number): Promise<StoredBytes[]> {
      return db
        .select({ id: assets.id, storageKey: assets.storageKey, bytesGoneAt: assets.bytesGoneAt })
        .from(assets)
        .where(and(gt(assets.storageKey, afterKey), isNull(assets.purgingAt)))
        .orderBy(asc(assets.storageKey))
        .limit(limit);
    },

    /** Keeps the time at which they were first found missing. undefined when it has other bytes by now. */
    async noteBytes(
      { id, storageKey }: Pick<Asset, 'id' | 'storageKey'>,
      areGone: boolean,
    ): Promise<Asset | undefined> {
      const bytesGoneAt = areGone ? sql`coalesce(${assets.bytesGoneAt}, clock_timestamp())` : null;
      const [row] = await db
        .update(assets)
        .set({ bytesGoneAt })
        .where(and(eq(assets.id, id), eq(assets.storageKey, storageKey)))
        .returning();
      return row && toAsset(row);
    },

    /** Once: undefined when a verdict was there already. */
    async recordVerdict(
      id: string,
      verdict: { scanStatus: 'CLEAN' | 'BLOCKED'; scanReason: string | null; sha256: string },
    ): Promise<Asset | undefined> {
      const [row] = await db
        .update(assets)
        .set({ ...verdict, updatedAt: sql`clock_timestamp()` })
        .where(and(eq(assets.id, id), eq(assets.scanStatus, 'PENDING'), isNull(assets.purgingAt)))
        .returning();
      return row && toAsset(row);
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

/** Which of the optional conditions a list has. */
function listShape(filter: MemoryFilter, after: AssetPosition | undefined): string {
  const asked = [filter.agentUrn, filter.type, filter.mimeType, after];
  const shape = asked.map((condition) => (condition === undefined ? 0 : 1)).join('');
  return filter.includeDeleted ? `${shape}_with_deleted` : shape;
}

function prepareList(db: Db, filter: MemoryFilter, after: AssetPosition | undefined, name: string) {
  const given = sql.placeholder;
  const memoryOf = db
    .select({ id: memories.id })
    .from(memories)
    .where(
      and(
        eq(memories.orgId, given('orgId')),
        eq(memories.userId, given('userId')),
        eq(memories.agentUrn, given('agentUrn')),
      ),
    );
  return db
    .select()
    .from(assets)
    .where(
      and(
        eq(assets.orgId, given('orgId')),
        filter.agentUrn === undefined ? eq(assets.userId, given('userId')) : eq(assets.memoryId, memoryOf),
        isNull(filter.includeDeleted ? assets.purgingAt : assets.deletedAt),
        filter.type === undefined ? undefined : eq(assets.type, given('type')),
        filter.mimeType === undefined ? undefined : eq(assets.mimeType, given('mimeType')),
        after &&
          sql`(${assets.createdAt}, ${assets.id}) < (${given('afterCreatedAt')}::timestamptz, ${given('afterId')})`,
      ),
    )
    .orderBy(desc(assets.createdAt), desc(assets.id))
    .limit(given('limit'))
    .prepare(name);
}

/** What is sealed shows its id for a name; what is hidden only, too. */
export function toAsset(row: typeof assets.$inferSelect): Asset {
  const { uploadedByKind, uploadedById, keyVersion, ...columns } = row;
  const { sealedFilename, sealedDescription, sealedStorageKey, ...asset } = columns;
  const uploadedBy = { kind: uploadedByKind, id: uploadedById };
  if (keyVersion === null) return { ...asset, uploadedBy, sealed: null };
  const { id, filename, description } = asset;
  const names =
    keyVersion === 0
      ? { filename, description }
      : { filename: sealedFilename ?? '', description: sealedDescription };
  const sealed = {
    row: { kind: 'asset', id },
    keyVersion,
    ...names,
    storageKey: sealedStorageKey,
  } satisfies SealedAsset;
  return { ...asset, uploadedBy, filename: id, description: null, sealed };
}

/** Of names that are sealed: nothing is written that is hidden only. */
export function toSealedColumns(sealed: SealedAsset | null) {
  return {
    keyVersion: sealed?.keyVersion ?? null,
    sealedFilename: sealed?.filename ?? null,
    sealedDescription: sealed?.description ?? null,
    sealedStorageKey: sealed?.storageKey ?? null,
  };
}
