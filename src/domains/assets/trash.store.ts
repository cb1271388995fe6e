import { and, asc, eq, inArray, isNotNull, isNull, lte, sql } from 'drizzle-orm';
import type { Db } from '../../core/db.js';
import type { Asset, PurgedAsset } from './asset.js';
import { toAsset } from './asset.store.js';
import { assets } from './asset.table.js';
import { purgedAssets } from './purged-asset.table.js';

const now = sql`clock_timestamp()`;
const isInTrash = and(isNotNull(assets.deletedAt), isNull(assets.purgingAt));

/** Of one moment, however many they are; whoever deletes has locked them before. */
function inTrash(trashHours: number) {
  const at = sql`statement_timestamp()`;
  const restorableUntil = sql`${at} + make_interval(hours => ${trashHours})`;
  return { deletedAt: at, restorableUntil, deletions: sql`${assets.deletions} + 1`, updatedAt: at };
}

/** One parameter, whatever their number. */
const isIn = (orgId: string, folderIds: readonly string[]) =>
  and(eq(assets.orgId, orgId), sql`${assets.folderId} = any(${sql.param([...folderIds])})`);

/** The changes of state on the way out, each one guarded UPDATE on the database's clock: no row, another won. */
export function makeTrashStore(db: Db) {
  return {
    /** Those that are there and not being purged, locked in one order whoever asks. */
    async lock(orgId: string, ids: readonly string[]): Promise<Asset[]> {
      const rows = await db
        .select()
        .from(assets)
        .where(and(eq(assets.orgId, orgId), inArray(assets.id, [...ids]), isNull(assets.purgingAt)))
        .orderBy(asc(assets.id))
        .for('update');
      return rows.map(toAsset);
    },

    /** Those of them that were not deleted before. */
    async delete(ids: readonly string[], trashHours: number): Promise<Asset[]> {
      const rows = await db
        .update(assets)
        .set(inTrash(trashHours))
        .where(and(inArray(assets.id, [...ids]), isNull(assets.deletedAt)))
        .returning();
      return rows.map(toAsset);
    },

    async hasAnyIn(orgId: string, folderId: string): Promise<boolean> {
      const rows = await db
        .select({ id: assets.id })
        .from(assets)
        .where(and(eq(assets.orgId, orgId), eq(assets.folderId, folderId), isNull(assets.deletedAt)))
        .limit(1);
      return rows.length > 0;
    },

    /** All that is in the folders, in the trash or not, in the same order as `lock`. */
    async lockIn(orgId: string, folderIds: readonly string[]): Promise<void> {
      const locked = db
        .select({ id: assets.id })
        .from(assets)
        .where(isIn(orgId, folderIds))
        .orderBy(asc(assets.id))
        .for('update');
      // Counted, so that not one of perhaps 100,000 ids travels.
      await db.execute(sql`select count(*) from (${locked}) locked`);
    },

    /** All that is in the folders goes into the trash, and out of the folders; what was deleted before is not told. */
    async deleteIn(
      orgId: string,
      folderIds: readonly string[],
      trashHours: number,
    ): Promise<Pick<Asset, 'id' | 'memoryId' | 'spaceId' | 'sizeBytes'>[]> {
      return db
        .update(assets)
        .set({ ...inTrash(trashHours), folderId: null })
        .where(and(isIn(orgId, folderIds), isNull(assets.deletedAt)))
        .returning({
          id: assets.id,
          memoryId: assets.memoryId,
          spaceId: assets.spaceId,
          sizeBytes: assets.sizeBytes,
        });
    },

    /** Its bytes were seen just now. undefined when its time is over, or when it is not in the trash. */
    async restore(id: string): Promise<Asset | undefined> {
      const [row] = await db
        .update(assets)
        .set({ deletedAt: null, restorableUntil: null, bytesGoneAt: null, updatedAt: now })
        .where(and(eq(assets.id, id), isInTrash, sql`${assets.restorableUntil} > clock_timestamp()`))
        .returning();
      return row && toAsset(row);
    },

    /** Whose time is over, the oldest first. */
    async listDue(limit: number): Promise<string[]> {
      const rows = await db
        .select({ id: assets.id })
        .from(assets)
        .where(and(isInTrash, lte(assets.restorableUntil, sql`now()`)))
        .orderBy(asc(assets.restorableUntil))
        .limit(limit);
      return rows.map(({ id }) => id);
    },

    /** From here on nothing brings it back. undefined when it was restored, or when another began. */
    async beginPurgeOfDue(id: string): Promise<Asset | undefined> {
      const [row] = await db
        .update(assets)
        .set({ purgingAt: now })
        .where(and(eq(assets.id, id), isInTrash, lte(assets.restorableUntil, now)))
        .returning();
      return row && toAsset(row);
    },

    /** The same at somebody's word, whether it was deleted before or not. */
    async beginPurge(id: string): Promise<boolean> {
      const { rowCount } = await db
        .update(assets)
        .set({ purgingAt: now, deletedAt: sql`coalesce(${assets.deletedAt}, clock_timestamp())` })
        .where(and(eq(assets.id, id), isNull(assets.purgingAt)));
      return rowCount === 1;
    },

    /** Its bytes are deleted: the row goes too. undefined when it had gone before. */
    async endPurge(id: string): Promise<Asset | undefined> {
      const [row] = await db
        .delete(assets)
        .where(and(eq(assets.id, id), isNotNull(assets.purgingAt)))
        .returning();
      if (row === undefined) return undefined;
      const { orgId, agentUrn, userId, spaceId, executionId } = row;
      await db.insert(purgedAssets).values({ id, orgId, agentUrn, userId, spaceId, executionId });
      return toAsset(row);
    },

    async findPurged(id: string): Promise<PurgedAsset | undefined> {
      const [row] = await db.select().from(purgedAssets).where(eq(purgedAssets.id, id));
      return row;
    },
  };
}
