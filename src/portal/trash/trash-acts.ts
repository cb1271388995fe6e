import type { QueryClient } from '@tanstack/react-query';
import type { PortalClient } from '../../client/index.js';
import { toFileRefusalLine } from '../files/file-refusals.js';
import type { Toasts } from '../ui/toasts.js';
import { PurgeFromTrash, RestoreFromTrash } from './generated/documents.js';
import { removeTrashed, trashKey, type TrashPages } from './trash-pages.js';
import { toRestoredWords, type Trashed } from './trash-words.js';

export interface TrashActsDeps {
  readonly client: Pick<PortalClient, 'mutate'>;
  readonly queries: QueryClient;
  readonly toasts: Pick<Toasts, 'show'>;
}

/** So many at once: the service takes them one by one. */
const atOnce = 4;

/** What can be done with what lies in the trash. Each says itself how it went, and resolves with how many were done. */
export function makeTrashActs({ client, queries, toasts }: TrashActsDeps) {
  function hide(ids: ReadonlySet<string>): void {
    queries.setQueryData<TrashPages>(trashKey, (pages) => pages && removeTrashed(pages, ids));
  }

  /** Tries each; tells why the first of those failed that did. Resolves with what came of the others. */
  async function forEach<T>(files: readonly Trashed[], act: (file: Trashed) => Promise<T>): Promise<T[]> {
    const waiting = [...files];
    const done: T[] = [];
    const failures: unknown[] = [];
    const work = async () => {
      for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
        try {
          done.push(await act(file));
          hide(new Set([file.id]));
        } catch (error) {
          failures.push(error);
        }
      }
    };
    await Promise.all(Array.from({ length: atOnce }, work));
    if (failures.length > 0) {
      const count = files.length > 1 ? `${failures.length} of ${files.length}: ` : '';
      toasts.show({ look: 'bad', text: `${count}${toFileRefusalLine(failures[0])}` });
      // What is gone by now goes from the list, too.
      void queries.invalidateQueries({ queryKey: trashKey });
    }
    return done;
  }

  return {
    async restore(files: readonly Trashed[], agentNames: ReadonlyMap<string, string>): Promise<number> {
      const restored = await forEach(files, async (before) => {
        const { restoreAsset: now } = await client.mutate(RestoreFromTrash, { id: before.id });
        return { before, now };
      });
      if (restored.length > 0) toasts.show({ text: toRestoredWords(restored, agentNames) });
      void queries.invalidateQueries({ queryKey: ['files', 'list'] });
      return restored.length;
    },

    /** For good. */
    async purge(files: readonly Trashed[]): Promise<number> {
      const gone = await forEach(files, async ({ id, filename }) => {
        await client.mutate(PurgeFromTrash, { id });
        return filename;
      });
      const text =
        gone.length === 1 ? `${gone[0]} is deleted for good` : `${gone.length} files are deleted for good`;
      if (gone.length > 0) toasts.show({ text });
      return gone.length;
    },
  };
}
