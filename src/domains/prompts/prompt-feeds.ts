import type { Db } from '../../core/db.js';
import type { Channels } from '../../core/events.js';
import { follow } from '../../core/following.js';
import type { UserViewer } from '../../core/viewer.js';
import { keepOpen } from '../../core/keep-open.js';
import { isOpen, toResult, type UploadPrompt, type UploadResult } from './prompt.js';
import { personChannel, promptChannel } from './prompt-channels.js';
import { makePromptListStore } from './prompt-list.store.js';
import { makePromptStore } from './prompt.store.js';
import type { PromptWatch, WatchTopic } from './prompt-watch.js';

export const promptEventKinds = ['SNAPSHOT', 'UPSERT', 'RESOLVED'] as const;

/** SNAPSHOT carries every open prompt and comes first; then one prompt an event. */
export interface PromptEvent {
  readonly kind: (typeof promptEventKinds)[number];
  readonly prompts: readonly UploadPrompt[];
}

/** More changes than this between two reads are found by reading all that is open. */
const maxChanged = 50;

/** Follows prompts for whoever may see them: the callers have checked that. */
export function makePromptFeeds({ db, channels, watch }: { db: Db; channels: Channels; watch: PromptWatch }) {
  const store = makePromptStore(db);
  const lists = makePromptListStore(db);

  /** Listens on the channel and under the safety net; both end together. */
  async function listen(
    channel: string,
    watcher: { topic: WatchTopic; told: Map<string, number> },
    onChange: (promptId: string) => void,
    onMissed: () => void,
  ): Promise<() => void> {
    const remove = watch.add({ ...watcher, wake: onMissed });
    const close = await keepOpen(channels, channel, onMissed, (message) => {
      // What was told already is no news: a wake-up that arrives twice costs no read.
      if ((watcher.told.get(message.id) ?? 0) < message.version) onChange(message.id);
    });
    return () => {
      remove();
      close();
    };
  }

  /** The prompt as it is, then after each change, until it has ended, or was erased. */
  function followPrompt(promptId: string): AsyncIterableIterator<UploadPrompt, undefined> {
    const told = new Map<string, number>();
    return follow({
      open: (wake) => listen(promptChannel(promptId), { topic: { promptId }, told }, wake, wake),
      async read() {
        const prompt = await store.findById(promptId);
        if (prompt === undefined) return 'over';
        if (prompt.version <= (told.get(promptId) ?? 0)) return undefined;
        told.set(promptId, prompt.version);
        return { value: prompt, last: !isOpen(prompt) };
      },
    });
  }

  return {
    followPrompt,

    /** Exactly one result, then the end; at once when it has ended already. None when it was erased before. */
    followResult(promptId: string): AsyncIterableIterator<UploadResult, undefined> {
      const told = new Map<string, number>();
      return follow({
        open: (wake) => listen(promptChannel(promptId), { topic: { promptId }, told }, wake, wake),
        async read() {
          const prompt = await store.findById(promptId);
          if (prompt === undefined) return 'over';
          told.set(promptId, prompt.version);
          const value = toResult(prompt);
          return value === null ? undefined : { value, last: true };
        },
      });
    },

    /** Every open prompt of the person at once, then each change of any. Never ends by itself. */
    followPerson({ orgId, id: userId }: UserViewer): AsyncIterableIterator<PromptEvent, undefined> {
      const told = new Map<string, number>();
      const changed = new Set<string>();
      /** The last that were told as ended, so that a late wake-up does not tell it twice. */
      const ended = new Set<string>();
      let mustCompare = false;
      let hasBegun = false;

      async function snapshot() {
        const prompts = await lists.listOpen(orgId, userId);
        hasBegun = true;
        told.clear();
        for (const { id, version } of prompts) told.set(id, version);
        return { value: { kind: 'SNAPSHOT', prompts } as const, last: false };
      }

      /** What is open now and what was told are compared; the differences are read one by one. */
      async function compare(): Promise<void> {
        const open = await lists.listOpen(orgId, userId);
        const isStillOpen = new Set(open.map((prompt) => prompt.id));
        for (const id of told.keys()) if (!isStillOpen.has(id)) changed.add(id);
        for (const { id, version } of open) if (version > (told.get(id) ?? 0)) changed.add(id);
      }

      /** undefined when it is no news. */
      function toEvent(prompt: UploadPrompt): PromptEvent | undefined {
        const { id, version } = prompt;
        if (!isOpen(prompt)) {
          told.delete(id);
          if (ended.has(id)) return undefined;
          ended.add(id);
          for (const oldest of ended) if (ended.size > maxChanged) ended.delete(oldest);
          return { kind: 'RESOLVED', prompts: [prompt] };
        }
        if (version <= (told.get(id) ?? 0)) return undefined;
        told.set(id, version);
        return { kind: 'UPSERT', prompts: [prompt] };
      }

      return follow<PromptEvent>({
        open: (wake) =>
          listen(
            personChannel(orgId, userId),
            { topic: { orgId, userId }, told },
            (promptId) => {
              if (changed.size < maxChanged) changed.add(promptId);
              else mustCompare = true;
              wake();
            },
            () => {
              mustCompare = true;
              wake();
            },
          ),
        async read() {
          if (!hasBegun) return snapshot();
          if (mustCompare) {
            // Set again by whatever is missed from here on, or when the comparison fails.
            mustCompare = false;
            await compare().catch((error: unknown) => {
              mustCompare = true;
              throw error;
            });
          }
          for (const id of changed) {
            // Before the read: what changes meanwhile is a new change.
            changed.delete(id);
            const prompt = await store.findById(id).catch((error: unknown) => {
              changed.add(id);
              throw error;
            });
            // It was erased before its end was told: what is left is.
            if (prompt === undefined && told.has(id)) return snapshot();
            const event = prompt && toEvent(prompt);
            if (event !== undefined) return { value: event, last: false };
          }
          return undefined;
        },
      });
    },
  };
}
