import type { Asset, PortalClient, UploadPrompt } from '../../client/index.js';
import { isTypeAllowed } from './file-checks.js';
import { makeStore, type Readable } from './store.js';

export interface MemoryFilesState {
  /** Those that the request takes, the newest first. */
  readonly files: readonly Asset[];
  readonly isLoading: boolean;
  readonly hasMore: boolean;
  readonly error: unknown;
}

const pageSize = 20;

/** What the agent's memory of this person holds and the request takes, read a page at a time. */
export function makeMemoryFiles(client: Pick<PortalClient, 'assets'>, prompt: UploadPrompt) {
  const store = makeStore<MemoryFilesState>({ files: [], isLoading: false, hasMore: true, error: undefined });
  const change = (to: Partial<MemoryFilesState>) => store.set({ ...store.get(), ...to });
  let assets = client.assets.list({ agentUrn: prompt.agent.urn, pageSize });

  function fits({ mimeType, sizeBytes, scanStatus }: Asset): boolean {
    return (
      isTypeAllowed(mimeType, prompt.allowedMimeTypes) &&
      sizeBytes <= prompt.maxSizeBytes &&
      scanStatus !== 'BLOCKED'
    );
  }

  return {
    state: store as Readable<MemoryFilesState>,

    /** Another page of those that fit; does nothing while one is read, or when all were. */
    async loadMore(): Promise<void> {
      if (store.get().isLoading || !store.get().hasMore) return;
      change({ isLoading: true, error: undefined });
      const found: Asset[] = [];
      try {
        while (found.length < pageSize) {
          const { done, value } = await assets.next();
          if (done) {
            change({ hasMore: false });
            break;
          }
          if (fits(value)) found.push(value);
        }
        change({ files: [...store.get().files, ...found], isLoading: false });
      } catch (error) {
        // A generator that has thrown has ended: the next try begins anew.
        assets = client.assets.list({ agentUrn: prompt.agent.urn, pageSize });
        change({ files: [], isLoading: false, error });
      }
    },
  };
}
