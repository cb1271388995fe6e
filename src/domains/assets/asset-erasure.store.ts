import { and, eq, inArray, isNotNull, isNull, type SQL } from 'drizzle-orm';
import type { Db } from '../../core/db.js';
import { erasedId } from '../../core/erased.js';
import type { ActorRef } from '../../core/viewer.js';
import type { Memory } from '../memories/memory.service.js';
import { spaces } from '../spaces/space.table.js';
import type { Generated } from './asset.js';
import { assetEvents, assetFeeds } from './asset-event.table.js';
import { assets } from './asset.table.js';
import { purgedAssets } from './purged-asset.table.js';

export function makeAssetErasureStore(db: Db) {
  /** The first `limit` of those that a condition picks. */
  const pick = (condition: ReturnType<typeof and>, limit: number) =>
    db.select({ id: assets.id }).from(assets).where(condition).limit(limit);

  return {
    /** Those that are being purged, too. */
    async listIdsOfMemory({ id, orgId }: Memory, limit: number): Promise<string[]> {
      const isOfMemory = and(eq(assets.orgId, orgId), eq(assets.memoryId, id));
      return (await pick(isOfMemory, limit)).map((row) => row.id);
    },

    /** Those in spaces. */
    async listIdsGenerated(orgId: string, of: Generated, limit: number): Promise<string[]> {
      const isIts =
        'agentUrn' in of ? eq(assets.agentUrn, of.agentUrn) : eq(assets.executionId, of.executionId);
      // Each space by itself: that is how they are indexed.
      const ofOrganization = db.select({ id: spaces.id }).from(spaces).where(eq(spaces.orgId, orgId));
      const isInSpace = inArray(assets.spaceId, ofOrganization);
      return (await pick(and(eq(assets.orgId, orgId), isIts, isInSpace), limit)).map((row) => row.id);
    },

    async deletePurgedOfMemory({ orgId, userId, agentUrn }: Memory): Promise<void> {
      const { orgId: org, userId: user, agentUrn: agent } = purgedAssets;
      await db.delete(purgedAssets).where(and(eq(org, orgId), eq(user, userId), eq(agent, agentUrn)));
    },

    async deleteFeed(ownerId: string): Promise<void> {
      await db.delete(assetEvents).where(eq(assetEvents.ownerId, ownerId));
      await db.delete(assetFeeds).where(eq(assetFeeds.ownerId, ownerId));
    },

    /** Of those in spaces; how many. */
    async disown(orgId: string, { kind, id }: ActorRef, limit: number): Promise<number> {
      const isTheirs = and(
        eq(assets.orgId, orgId),
        eq(assets.uploadedById, id),
        eq(assets.uploadedByKind, kind),
        isNotNull(assets.spaceId),
      );
      const { rowCount } = await db
        .update(assets)
        .set({ uploadedById: erasedId })
        .where(inArray(assets.id, pick(isTheirs, limit)));
      return rowCount ?? 0;
    },

    async hasPurgedGenerated(orgId: string, of: Generated): Promise<boolean> {
      return (await db.$count(purgedAssets, isPurgedOf(orgId, of))) > 0;
    },

    async deletePurgedGenerated(orgId: string, of: Generated): Promise<void> {
      await db.delete(purgedAssets).where(isPurgedOf(orgId, of));
    },
  };
}

/** In spaces. */
function isPurgedOf(orgId: string, of: Generated): SQL | undefined {
  const isIts =
    'agentUrn' in of
      ? and(eq(purgedAssets.agentUrn, of.agentUrn), isNull(purgedAssets.userId))
      : eq(purgedAssets.executionId, of.executionId);
  return and(eq(purgedAssets.orgId, orgId), isIts);
}
