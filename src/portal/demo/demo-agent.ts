import {
  createAgentClient,
  type AgentClient,
  type Asset,
  type UploadPrompt,
  type UploadRequest,
  type UploadResult,
  type WaitOptions,
} from '../../client/index.js';
import { makeStore, type Readable } from '../state/store.js';
import type { KeptAsks } from './kept-asks.js';

/** One request of the demo's agent, as the agent sees it. */
export interface Ask {
  readonly key: string;
  readonly text: string;
  /** undefined until the service has taken it. */
  readonly prompt: UploadPrompt | undefined;
  readonly result: UploadResult | undefined;
  /** The files once scanned, by id. */
  readonly scanned: ReadonlyMap<string, Asset>;
  readonly error: unknown;
}

export interface DemoAgentOptions {
  readKey: () => Promise<string>;
  /** The service's address. */
  url: string;
  /** Whom it asks. */
  userId: string;
  kept: KeptAsks;
}

const shownAsks = 10;
const scanLookMs = 300;

/**
 * An agent that runs in this page, on the same client that a real one would use: it asks, waits, also for what it
 * asked before the page was loaded anew, and looks at what it got.
 */
export function openDemoAgent({ readKey, url, userId, kept }: DemoAgentOptions) {
  const store = makeStore<readonly Ask[]>([]);
  const stop = new AbortController();
  const { signal } = stop;

  const change = (key: string, to: (ask: Ask) => Ask) =>
    store.set(store.get().map((ask) => (ask.key === key ? to(ask) : ask)));

  async function connect(): Promise<AgentClient> {
    return createAgentClient({ url, appKey: await readKey() });
  }

  /** Shows a request from its beginning to its end; what fails is shown, too. */
  async function follow(
    key: string,
    text: string,
    wait: (agent: AgentClient, options: WaitOptions) => Promise<UploadResult>,
  ): Promise<void> {
    const nothingYet = { prompt: undefined, result: undefined, scanned: new Map(), error: undefined };
    store.set([{ key, text, ...nothingYet }, ...store.get()].slice(0, shownAsks));
    const onProgress = (prompt: UploadPrompt) => {
      kept.add({ promptId: prompt.id, text });
      change(key, (ask) => ({ ...ask, prompt }));
    };
    try {
      const agent = await connect();
      const result = await wait(agent, { signal, onProgress });
      change(key, (ask) => ({ ...ask, result }));
      if (result.outcome !== 'UPLOADED') return;
      await Promise.all(result.assets.map((asset) => followScan(agent, key, asset)));
    } catch (error) {
      if (!signal.aborted) change(key, (ask) => ({ ...ask, error }));
    }
  }

  async function followScan(agent: AgentClient, key: string, { id }: Asset): Promise<void> {
    while (!signal.aborted) {
      const asset = await agent.assets.get(id, { signal });
      if (asset === undefined) return;
      if (asset.scanStatus !== 'PENDING') {
        return change(key, (ask) => ({ ...ask, scanned: new Map(ask.scanned).set(id, asset) }));
      }
      await new Promise((resolve) => setTimeout(resolve, scanLookMs));
    }
  }

  for (const { promptId, text } of kept.list()) {
    void follow(promptId, text, (agent, options) => agent.awaitResult(promptId, options));
  }

  return {
    /** The latest first. */
    asks: store as Readable<readonly Ask[]>,

    /** Resolves when all is told. */
    ask: (request: Omit<UploadRequest, 'userId'>): Promise<void> =>
      follow(crypto.randomUUID(), request.prompt, (agent, options) =>
        // The page may go while it waits: that takes nothing back.
        agent.requestUpload({ ...request, userId }, { onProgress: (prompt) => options.onProgress?.(prompt) }),
      ),

    async cancel(promptId: string): Promise<void> {
      await (await connect()).cancel(promptId);
    },

    /** An address for one download, as the agent would fetch it. */
    async getDownloadUrl(assetId: string): Promise<string> {
      return (await (await connect()).assets.getDownloadUrl(assetId)).url;
    },

    close: (): void => stop.abort(),
  };
}

export type DemoAgent = ReturnType<typeof openDemoAgent>;
