import type { UploadPrompt } from '../../client/index.js';
import type { Portal } from '../state/portal.js';
import type { Readable } from '../state/store.js';
import { isOfConversation, type ConversationId } from './conversation.js';
import { aboutPrompt, toErrorDetail, type Tell } from './events.js';
import { AnswerOfPrompt } from './generated/documents.js';

/**
 * Tells the page what becomes of the requests that it was told of, each once, until the function that is returned is
 * called.
 */
export function reportRequests(
  { client, feed, answering }: Pick<Portal, 'client' | 'feed' | 'answering'>,
  conversationId: Readable<ConversationId>,
  tell: Tell,
): () => void {
  const appeared = new Set<string>();
  const ended = new Set<string>();
  /** The latest of each request. */
  const failures = new Map<string, unknown>();
  let isStopped = false;

  async function tellUploaded(prompt: UploadPrompt): Promise<void> {
    const answer = await client.query(AnswerOfPrompt, { id: prompt.id }).catch(() => undefined);
    if (isStopped) return;
    const assets = answer?.uploadPrompt?.assets ?? [];
    tell('askfile-uploaded', { ...aboutPrompt(prompt), outcome: 'UPLOADED', assets });
  }

  function tellEnd(prompt: UploadPrompt): void {
    const { status, reason } = prompt;
    if (status === 'UPLOADED') void tellUploaded(prompt);
    else if (status === 'TIMEOUT')
      tell('askfile-timeout', { ...aboutPrompt(prompt), outcome: 'TIMEOUT', reason });
    else tell('askfile-declined', { ...aboutPrompt(prompt), outcome: 'DECLINED', reason });
  }

  function look(): void {
    const state = feed.state.get();
    for (const request of state.prompts ?? []) {
      if (appeared.has(request.id) || !isOfConversation(request, conversationId.get())) continue;
      appeared.add(request.id);
      const { agent, prompt, expiresAt } = request;
      const about = { agentUrn: agent.urn, agentName: agent.name, prompt, expiresAt };
      tell('askfile-prompt', { ...aboutPrompt(request), ...about });
    }
    for (const { prompt } of state.ended) {
      if (ended.has(prompt.id) || !appeared.has(prompt.id)) continue;
      ended.add(prompt.id);
      tellEnd(prompt);
    }
  }

  function lookForFailures(): void {
    for (const [promptId, attempt] of answering.state.get()) {
      if (attempt.phase !== 'failed' || !appeared.has(promptId)) continue;
      if (failures.get(promptId) === attempt.error) continue;
      failures.set(promptId, attempt.error);
      tell('askfile-error', { ...toErrorDetail(attempt.error), promptId });
    }
  }

  const stops = [
    feed.state.subscribe(look),
    conversationId.subscribe(look),
    answering.state.subscribe(lookForFailures),
  ];
  look();
  return () => {
    isStopped = true;
    for (const stop of stops) stop();
  };
}
