import type { UploadPrompt } from '../../client/index.js';

/** undefined: requests of every conversation, and of none. */
export type ConversationId = string | undefined;

export function isOfConversation(
  prompt: Pick<UploadPrompt, 'conversationId'>,
  conversationId: ConversationId,
): boolean {
  return conversationId === undefined || prompt.conversationId === conversationId;
}
