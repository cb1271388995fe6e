import type { Db } from '../../core/db.js';
import type { Channels } from '../../core/events.js';
import type { Log } from '../../core/log.js';
import { makeAssetEventStore } from './asset-event.store.js';

export interface AssetWatcher {
  readonly ownerId: string;
  /** The number of the last event that was told. */
  told(): number;
  wake(): void;
}

export type AssetWatch = ReturnType<typeof makeAssetWatch>;

export interface AssetWatchDeps {
  db: Db;
  channels: Channels;
  log: Log;
  /** How long a lost wake-up delays anything, at most. */
  checkEverySeconds: number;
}

/** The safety net under the channels, for followers of assets: one query for the whole process. */
export function makeAssetWatch({ db, channels, log, checkEverySeconds }: AssetWatchDeps) {
  const store = makeAssetEventStore(db);
  const watchers = new Set<AssetWatcher>();

  async function check(): Promise<void> {
    // Taken before the query: who comes later has read the state for itself.
    const asked = [...watchers];
    const rows = await store.listLastVersions([...new Set(asked.map(({ ownerId }) => ownerId))]);
    const last = new Map(rows.map(({ ownerId, lastVersion }) => [ownerId, lastVersion]));
    // Less than was told: the feed was erased.
    for (const watcher of asked) if ((last.get(watcher.ownerId) ?? 0) !== watcher.told()) watcher.wake();
  }

  let isChecking = false;
  function checkSoon(): void {
    if (isChecking || watchers.size === 0) return;
    isChecking = true;
    check()
      .catch((error: unknown) => log.warn({ error }, 'the check of what followers of assets wait for failed'))
      .finally(() => (isChecking = false));
  }

  const timer = setInterval(checkSoon, checkEverySeconds * 1000);
  timer.unref();
  const stopListening = channels.onReconnect(checkSoon);

  return {
    /** Returns its removal. */
    add(watcher: AssetWatcher): () => void {
      watchers.add(watcher);
      return () => watchers.delete(watcher);
    },

    close(): void {
      clearInterval(timer);
      stopListening();
      watchers.clear();
    },
  };
}
