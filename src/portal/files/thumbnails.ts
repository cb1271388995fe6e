import type { Operation, PortalClient } from '../../client/index.js';
import { makeStore, type Store } from '../state/store.js';

/** As many as a document may have at its top; fewer, so that the first are there soon. */
const batchSize = 12;
/** So many pictures are kept; those that were looked at longest ago go first. */
const maxKept = 300;
/** What comes into sight within this time is asked for together. */
const gatherMs = 40;

export type Picture = 'waiting' | 'none' | { readonly url: string };

type Urls = Readonly<Record<string, { readonly url: string }>>;

/** Thumbnails of a page's files, asked for when they come into sight. */
export function makeThumbnails(client: Pick<PortalClient, 'mutate'>) {
  const pictures = new Map<string, Store<Picture>>();
  /** Addresses of those that are there, the one that was looked at longest ago first. */
  const kept = new Map<string, string>();
  let stop = new AbortController();
  let wanted: string[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;

  function find(fileId: string): Store<Picture> {
    const known = pictures.get(fileId);
    if (known !== undefined) return known;
    const made = makeStore<Picture>('none');
    pictures.set(fileId, made);
    return made;
  }

  async function flush(): Promise<void> {
    timer = undefined;
    const { signal } = stop;
    const asked = wanted;
    wanted = [];
    for (let at = 0; at < asked.length && !signal.aborted; at += batchSize) {
      const ids = asked.slice(at, at + batchSize);
      const urls = await askUrls(ids, signal);
      await Promise.all(ids.map((id) => read(id, urls.get(id), signal)));
      forgetOld();
    }
  }

  /** One that can't be had must not take the others with it: then each is asked for by itself. */
  async function askUrls(ids: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, string>> {
    try {
      const { operation, variables } = toOperation(ids);
      const urls = await client.mutate(operation, variables);
      return new Map(ids.map((id, index) => [id, urls[`t${index}`]?.url ?? '']));
    } catch {
      if (ids.length < 2 || signal.aborted) return new Map();
      const each = await Promise.all(ids.map((id) => askUrls([id], signal)));
      return new Map(each.flatMap((one) => [...one]));
    }
  }

  async function read(id: string, address: string | undefined, signal: AbortSignal): Promise<void> {
    const picture = find(id);
    try {
      if (address === undefined) throw new Error('there is none');
      const response = await fetch(address, { signal });
      if (!response.ok) throw new Error(`answered ${response.status}`);
      const bytes = await response.blob();
      if (signal.aborted) return;
      const url = URL.createObjectURL(bytes);
      kept.set(id, url);
      picture.set({ url });
    } catch {
      // The icon stays; the next time it comes into sight it is tried again.
      if (!signal.aborted) picture.set('none');
    }
  }

  function forgetOld(): void {
    for (const [id, url] of kept) {
      if (kept.size <= maxKept) return;
      kept.delete(id);
      find(id).set('none');
      URL.revokeObjectURL(url);
    }
  }

  return {
    /** Where the picture will be. */
    find,

    /** Reads it unless it is there or on its way. */
    want(fileId: string): void {
      const url = kept.get(fileId);
      if (url !== undefined) {
        kept.delete(fileId);
        kept.set(fileId, url);
      }
      const picture = find(fileId);
      if (picture.get() !== 'none') return;
      picture.set('waiting');
      wanted.push(fileId);
      timer ??= setTimeout(() => void flush(), gatherMs);
    },

    /** Lets go of all of them; what comes into sight afterwards is read anew. */
    clear(): void {
      clearTimeout(timer);
      timer = undefined;
      wanted = [];
      stop.abort();
      stop = new AbortController();
      for (const url of kept.values()) URL.revokeObjectURL(url);
      kept.clear();
      for (const picture of pictures.values()) picture.set('none');
    },
  };
}

export type Thumbnails = ReturnType<typeof makeThumbnails>;

/** One mutation for all; documents of the same number of files are the same. */
function toOperation(ids: readonly string[]) {
  const operation: Operation<Urls, Record<string, string>> = {
    name: 'Thumbnails',
    text: `mutation Thumbnails(${ids.map((_, index) => `$t${index}: ID!`).join(', ')}) { ${ids
      .map(
        (_, index) =>
          `t${index}: createDownloadUrl(assetId: $t${index}, variant: THUMBNAIL, disposition: INLINE) { url }`,
      )
      .join(' ')} }`,
  };
  return { operation, variables: Object.fromEntries(ids.map((id, index) => [`t${index}`, id])) };
}
