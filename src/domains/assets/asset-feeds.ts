import type { Db } from '../../core/db.js';
import { badInput, notFound } from '../../core/errors.js';
import type { Channels } from '../../core/events.js';
import { follow } from '../../core/following.js';
import { keepOpen } from '../../core/keep-open.js';
import type { Viewer } from '../../core/viewer.js';
import { parseMemoryUrn } from '../memories/memory.js';
import type { Memories } from '../memories/memory.service.js';
import { canRead } from './asset-access.js';
import { assetChannel } from './asset-events.js';
import type { AssetEvent } from './asset.js';
import { makeAssetEventStore, type NumberedEvent } from './asset-event.store.js';
import type { AssetWatch } from './asset-watch.js';

export type AssetFeeds = ReturnType<typeof makeAssetFeeds>;

export interface AssetFeedsDeps {
  db: Db;
  channels: Channels;
  memories: Memories;
  watch: AssetWatch;
}

/** Events are read so many at a time; a slow consumer holds no more. */
const batch = 50;

export function makeAssetFeeds({ db, channels, memories, watch }: AssetFeedsDeps) {
  const store = makeAssetEventStore(db);

  function followOwner(ownerId: string, since: number): AsyncIterableIterator<AssetEvent, undefined> {
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
        const event = read.shift();
        if (event === undefined) return undefined;
        const { version, kind, assetId } = event;
        told = version;
        return { value: { kind, assetId }, last: false };
      },
    });
  }

  return {
    /**
     * What happens to the memory's assets from now on, each event once and in order. For those who may read it.
     * Throws BAD_USER_INPUT unless exactly one of the two is given, and NOT_FOUND.
     */
    async followAssets(
      viewer: Viewer,
      of: { memoryUrn?: string | undefined; spaceId?: string | undefined },
    ): Promise<AsyncIterableIterator<AssetEvent, undefined>> {
      if ((of.memoryUrn === undefined) === (of.spaceId === undefined)) {
        throw badInput('memoryUrn', 'Give either memoryUrn or spaceId.');
      }
      if (of.memoryUrn === undefined) throw notFound('The space');
      const id = parseMemoryUrn(of.memoryUrn);
      const memory = id === undefined ? undefined : await memories.find(id);
      if (memory === undefined || !canRead(viewer, memory)) throw notFound('The memory');
      return followOwner(memory.id, await store.findLastVersion(memory.id));
    },

    /** For a sweep: no follower lags behind for a day. */
    forgetOld: () => store.forgetOld(),
  };
}
