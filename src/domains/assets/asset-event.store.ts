import { and, asc, eq, gt, inArray, lt, sql } from 'drizzle-orm';
import type { Db } from '../../core/db.js';
import type { AssetEvent, AssetEventKind } from './asset.js';
import { assetEvents, assetFeeds } from './asset-event.table.js';

export interface NumberedEvent extends AssetEvent {
  readonly version: number;
}

export function makeAssetEventStore(db: Db) {
  return {
    /** Takes the next `count` numbers; the last of them. Locks the feed until the transaction ends. */
    async advance(ownerId: string, count: number): Promise<number> {
      const [row] = await db
        .insert(assetFeeds)
        .values({ ownerId, lastVersion: count })
        .onConflictDoUpdate({
          target: assetFeeds.ownerId,
          set: { lastVersion: sql`${assetFeeds.lastVersion} + ${count}` },
        })
        .returning({ lastVersion: assetFeeds.lastVersion });
      // An upsert of one row returns one row.
      return row!.lastVersion;
    },

    /** In this order, the first with that number. Four parameters, whatever their number. */
    async insert(
      ownerId: string,
      firstVersion: number,
      kind: AssetEventKind,
      assetIds: readonly string[],
    ): Promise<void> {
      await db.execute(sql`
        insert into ${assetEvents} (owner_id, version, kind, asset_id)
        select ${ownerId}, ${firstVersion} + place - 1, ${kind}::asset_event_kind, asset_id
        from unnest(${sql.param([...assetIds])}::text[]) with ordinality as changed (asset_id, place)`);
    },

    /** 0 before the first. */
    async findLastVersion(ownerId: string): Promise<number> {
      const [row] = await db.select().from(assetFeeds).where(eq(assetFeeds.ownerId, ownerId));
      return row?.lastVersion ?? 0;
    },

    async listLastVersions(ownerIds: readonly string[]): Promise<{ ownerId: string; lastVersion: number }[]> {
      return db
        .select()
        .from(assetFeeds)
        .where(inArray(assetFeeds.ownerId, [...ownerIds]));
    },

    /** In their order. */
    async listAfter(ownerId: string, version: number, limit: number): Promise<NumberedEvent[]> {
      return db
        .select({ version: assetEvents.version, kind: assetEvents.kind, assetId: assetEvents.assetId })
        .from(assetEvents)
        .where(and(eq(assetEvents.ownerId, ownerId), gt(assetEvents.version, version)))
        .orderBy(asc(assetEvents.version))
        .limit(limit);
    },

    async forgetOld(): Promise<void> {
      await db.delete(assetEvents).where(lt(assetEvents.at, sql`now() - interval '1 day'`));
    },
  };
}
