import type { ConnectionState, PortalClient, UploadPrompt } from '../../client/index.js';
import { makeStore, type Readable } from './store.js';

/** How a request ended, as seen from this window. */
export type Ending =
  | 'sent'
  | 'declined'
  | 'answered-elsewhere'
  | 'declined-elsewhere'
  | 'timed-out'
  | 'taken-back'
  | 'switched-off';

export interface EndedPrompt {
  readonly prompt: UploadPrompt;
  readonly ending: Ending;
}

export interface FeedState {
  /** Open ones, the oldest first; undefined until they were read once. */
  readonly prompts: readonly UploadPrompt[] | undefined;
  readonly connection: 'connecting' | ConnectionState;
  /** Since the page was opened, the latest first. */
  readonly ended: readonly EndedPrompt[];
}

export interface FeedOptions {
  client: Pick<PortalClient, 'prompts' | 'prompt'>;
  /** Requests that have come while the page was open. */
  onNew: (prompts: readonly UploadPrompt[]) => void;
  /** This one has ended, whoever did it. */
  onEnded: (promptId: string) => void;
  /** The list has ended for good, most likely because the sign-in has. */
  onError: (error: unknown) => void;
}

const keptEndings = 5;

export type Feed = ReturnType<typeof openFeed>;

/** The person's open requests and what became of the others, until `close`. */
export function openFeed({ client, onNew, onEnded, onError }: FeedOptions) {
  const store = makeStore<FeedState>({ prompts: undefined, connection: 'connecting', ended: [] });
  /** What this window does about a request: resolves with whether it was that which ended it. */
  const own = new Map<string, Promise<boolean>>();
  const change = (to: Partial<FeedState>) => store.set({ ...store.get(), ...to });
  let isClosed = false;

  async function tellEnded(prompt: UploadPrompt): Promise<void> {
    onEnded(prompt.id);
    const isOwn = (await own.get(prompt.id)) ?? false;
    own.delete(prompt.id);
    const { ended } = store.get();
    if (isClosed || ended.some((other) => other.prompt.id === prompt.id)) return;
    change({ ended: [{ prompt, ending: toEnding(prompt, isOwn) }, ...ended].slice(0, keptEndings) });
  }

  /** After a lost connection the list lacks what ended meanwhile, and does not say how. */
  async function lookUp(promptId: string): Promise<void> {
    const prompt = await client.prompt(promptId).catch(() => undefined);
    if (prompt !== undefined) await tellEnded(prompt);
    else onEnded(promptId);
  }

  const stop = client.prompts(
    (prompts, event) => {
      const before = store.get().prompts;
      change({ prompts });
      if (event.kind === 'RESOLVED') for (const prompt of event.prompts) void tellEnded(prompt);
      if (before === undefined) return;
      const added = prompts.filter(({ id }) => !before.some((other) => other.id === id));
      if (added.length > 0) onNew(added);
      if (event.kind !== 'SNAPSHOT') return;
      const gone = before.filter(({ id }) => !prompts.some((other) => other.id === id));
      for (const { id } of gone) void lookUp(id);
    },
    { onConnection: (connection) => change({ connection }), onError },
  );

  return {
    state: store as Readable<FeedState>,

    /** So that the request's end is told as this window's own if `succeeds` says so. */
    expectEnd(promptId: string, succeeds: Promise<boolean>): void {
      own.set(promptId, succeeds);
    },

    dismiss(promptId: string): void {
      change({ ended: store.get().ended.filter(({ prompt }) => prompt.id !== promptId) });
    },

    close(): void {
      isClosed = true;
      stop();
    },
  };
}

function toEnding({ status, reason }: UploadPrompt, isOwn: boolean): Ending {
  if (status === 'UPLOADED') return isOwn ? 'sent' : 'answered-elsewhere';
  if (status === 'TIMEOUT') return 'timed-out';
  if (reason === 'AGENT_CANCELLED') return 'taken-back';
  if (reason === 'REVOKED') return 'switched-off';
  return isOwn ? 'declined' : 'declined-elsewhere';
}
