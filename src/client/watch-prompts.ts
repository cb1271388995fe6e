import { delay } from './abort.js';
import { AskfileError } from './errors.js';
import { follow } from './follow.js';
import { ListUploadPrompts, UploadPrompts } from './generated/documents.js';
import type { ListUploadPromptsQuery } from './generated/types.js';
import type { Execute } from './http.js';
import { makePromptList } from './prompt-list.js';
import type { RetryPolicy } from './retry.js';
import type { Subscribe } from './subscriptions.js';
import type { UploadPrompt, UploadPromptEvent } from './types.js';

const PAGE_SIZE = 50;
/** How often the list is read where no socket can be had. */
const POLL_MS = 5_000;

export type ConnectionState = 'connected' | 'reconnecting';

/**
 * Keeps the list of open prompts and reports it until the signal is aborted; then it resolves.
 * Rejects when going on is of no use: the credential is refused (UNAUTHENTICATED), or a listener throws.
 */
export async function watchPrompts(
  { execute, subscribe, policy }: { execute: Execute; subscribe: Subscribe; policy: RetryPolicy },
  listeners: {
    onChange: (prompts: readonly UploadPrompt[], event: UploadPromptEvent) => void;
    onConnection: (state: ConnectionState) => void;
  },
  signal: AbortSignal,
): Promise<void> {
  const prompts = makePromptList();
  let state: ConnectionState | undefined;

  function become(next: ConnectionState): void {
    if (state === next) return;
    state = next;
    listeners.onConnection(next);
  }

  function take(event: UploadPromptEvent): void {
    if (!signal.aborted && prompts.apply(event)) listeners.onChange(prompts.list(), event);
  }

  async function listen(): Promise<undefined> {
    const onNext = (data: { uploadPrompts: UploadPromptEvent }) => {
      // The first event is also the only sign that the subscription stands.
      become('connected');
      take(data.uploadPrompts);
    };
    try {
      await subscribe(UploadPrompts, {}, { onNext, signal });
    } finally {
      if (!signal.aborted) become('reconnecting');
    }
  }

  async function look(isPatient: boolean): Promise<undefined> {
    take({ kind: 'SNAPSHOT', prompts: await readOpenPrompts(execute, signal) });
    if (isPatient) await delay(POLL_MS, signal);
  }

  try {
    await follow<never>({ listen, look, policy, outageMs: Infinity, signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

async function readOpenPrompts(execute: Execute, signal: AbortSignal): Promise<UploadPrompt[]> {
  const open: UploadPrompt[] = [];
  for (let after: string | null = null; ;) {
    const variables = { status: ['PENDING', 'UPLOADING'] as const, first: PAGE_SIZE, after };
    const page: ListUploadPromptsQuery = await execute(ListUploadPrompts, variables, { signal });
    const { nodes, pageInfo } = page.uploadPrompts;
    open.push(...nodes);
    if (!pageInfo.hasNextPage) return open;
    if (pageInfo.endCursor === null || pageInfo.endCursor === after) {
      throw new AskfileError('UNEXPECTED_RESPONSE', 'The list of prompts has no end.');
    }
    after = pageInfo.endCursor;
  }
}
