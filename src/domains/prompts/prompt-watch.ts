import type { Db } from '../../core/db.js';
import type { Channels } from '../../core/events.js';
import type { Log } from '../../core/log.js';
import { makePromptListStore } from './prompt-list.store.js';

/** What a follower waits for: one prompt, or whatever is open for a person. */
export type WatchTopic = { promptId: string } | { orgId: string; userId: string };

export interface Watcher {
  readonly topic: WatchTopic;
  /** The versions it has told its consumer of, by id: one prompt's, or those of the open ones. */
  readonly told: ReadonlyMap<string, number>;
  wake(): void;
}

export type PromptWatch = ReturnType<typeof makePromptWatch>;

export interface PromptWatchDeps {
  db: Db;
  channels: Channels;
  log: Log;
  /** How long a lost wake-up delays anything, at most. */
  checkEverySeconds: number;
}

/**
 * The safety net under the channels: looks, with two queries for the whole process, whether any follower has missed
 * something, every now and then and when Redis is back. An idle follower costs an entry in a set.
 */
export function makePromptWatch({ db, channels, log, checkEverySeconds }: PromptWatchDeps) {
  const lists = makePromptListStore(db);
  const watchers = new Set<Watcher>();

  async function check(): Promise<void> {
    const ofPrompts = new Map<string, Map<string, number>>();
    const ofPeople = new Map<string, Map<string, number>>();
    const people = new Map<string, { orgId: string; userId: string }>();
    // Taken before the query: who comes later has read the state for itself.
    const asked = [...watchers];
    for (const { topic } of asked) {
      if ('promptId' in topic) ofPrompts.set(topic.promptId, new Map());
      else people.set(personKey(topic), topic);
    }
    for (const key of people.keys()) ofPeople.set(key, new Map());
    if (ofPrompts.size > 0) {
      for (const { id, version } of await lists.listVersions([...ofPrompts.keys()])) {
        ofPrompts.get(id)?.set(id, version);
      }
    }
    if (people.size > 0) {
      for (const row of await lists.listOpenVersions([...people.values()])) {
        ofPeople.get(personKey(row))?.set(row.id, row.version);
      }
    }
    for (const watcher of asked) {
      const { topic } = watcher;
      const now = 'promptId' in topic ? ofPrompts.get(topic.promptId) : ofPeople.get(personKey(topic));
      if (now !== undefined && !isSame(now, watcher.told)) watcher.wake();
    }
  }

  let isChecking = false;
  function checkSoon(): void {
    if (isChecking || watchers.size === 0) return;
    isChecking = true;
    check()
      .catch((error: unknown) => log.warn({ error }, 'the check of what subscribers wait for failed'))
      .finally(() => (isChecking = false));
  }

  const timer = setInterval(checkSoon, checkEverySeconds * 1000);
  timer.unref();
  const stopListening = channels.onReconnect(checkSoon);

  return {
    /** Returns its removal. */
    add(watcher: Watcher): () => void {
      watchers.add(watcher);
      return () => watchers.delete(watcher);
    },

    size: () => watchers.size,

    close(): void {
      clearInterval(timer);
      stopListening();
      watchers.clear();
    },
  };
}

function personKey({ orgId, userId }: { orgId: string; userId: string }): string {
  return `${orgId}:${userId}`;
}

function isSame(a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): boolean {
  return a.size === b.size && [...a].every(([id, version]) => b.get(id) === version);
}
