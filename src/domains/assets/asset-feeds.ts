import type { Db } from '../../core/db.js';
import { badInput, notFound } from '../../core/errors.js';
import type { Channels } from '../../core/events.js';
import { follow } from '../../core/following.js';
import { keepOpen } from '../../core/keep-open.js';
import type { Viewer } from '../../core/viewer.js';
import { parseMemoryUrn } from '../memories/memory.js';
import type { Memories } from '../memories/memory.service.js';
import { inMemory } from './asset-access.js';
import type { SpaceAccess } from '../spaces/space-access.js';
import { assetChannel } from './asset-events.js';
import type { AssetEvent } from './asset.js';
import { makeAssetEventStore, type NumberedEvent } from './asset-event.store.js';
import type { AssetWatch } from './asset-watch.js';

export type AssetFeeds = ReturnType<typeof makeAssetFeeds>;

export interface AssetFeedsDeps {
  db: Db;
  channels: Channels;
  memories: Memories;
  spaceAccess: SpaceAccess;
  watch: AssetWatch;
}

/** Events are read so many at a time; a slow consumer holds no more. */
const batch = 50;

export function makeAssetFeeds({ db, channels, memories, spaceAccess, watch }: AssetFeedsDeps) {
  const store = makeAssetEventStore(db);

  function followOwner(
    ownerId: string,
    since: number,
    mayStillRead: () => Promise<boolean>,
  ): AsyncIterableIterator<AssetEvent, undefined> {
    let told = since;
    let read: NumberedEvent[] = [];
    return follow<AssetEvent>({
      async open(wake) {
        const remove = watch.add({ ownerId, told: () => told, wake });
        const close = await keepOpen(channels, assetChannel(ownerId), wake, ({ version }) => {
          if (version > told) wake();
        });
        return () => {
          remove();
          close();
        };
      },
      async read() {
        if (read.length === 0) read = await store.listAfter(ownerId, told, batch);
        const event = read[0];
        // Fewer events than were told: the memory was erased.
        if (event === undefined) return (await store.findLastVersion(ownerId)) < told ? 'over' : undefined;
        // A role may have been taken away since the last event.
        if (!(await mayStillRead())) return 'over';
        read.shift();
        const { version, kind, assetId } = event;
        told = version;
        return { value: { kind, assetId }, last: false };
      },
    });
  }

  async function getMemoryId(viewer: Viewer, urn: string): Promise<string> {
    const id = parseMemoryUrn(urn);
    const memory = id === undefined ? undefined : await memories.find(id);
    if (memory === undefined || !inMemory(viewer, memory).has('ASSETS_READ')) throw notFound('The memory');
    return memory.id;
  }

  return {
    /**
     * What happens to the assets of a memory or space from now on, each event once and in order. For those who may
     * read it; it ends instead of telling anything to somebody who no longer may. Throws BAD_USER_INPUT unless exactly
     * one of the two is given, PERMISSION_DENIED and NOT_FOUND.
     */
    async followAssets(
      viewer: Viewer,
      of: { memoryUrn?: string | undefined; spaceId?: string | undefined },
    ): Promise<AsyncIterableIterator<AssetEvent, undefined>> {
      if ((of.memoryUrn === undefined) === (of.spaceId === undefined)) {
        throw badInput('memoryUrn', 'Give either memoryUrn or spaceId.');
      }
      if (of.spaceId === undefined) {
        const memoryId = await getMemoryId(viewer, of.memoryUrn ?? '');
        // A memory stays whose it is.
        return followOwner(memoryId, await store.findLastVersion(memoryId), () => Promise.resolve(true));
      }
      const { id } = await spaceAccess.assertMay(viewer, of.spaceId, 'ASSETS_READ');
      const mayStillRead = async () =>
        (await spaceAccess.find(viewer, id))?.permissions.has('ASSETS_READ') ?? false;
      return followOwner(id, await store.findLastVersion(id), mayStillRead);
    },

    /** For a sweep: no follower lags behind for a day. */
    forgetOld: () => store.forgetOld(),
  };
}
