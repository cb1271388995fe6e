import type { Tx } from '../../core/db.js';
import type { Channels } from '../../core/events.js';
import type { UploadPrompt } from './prompt.js';

/** Followed by whoever waits for this prompt. */
export function promptChannel(promptId: string): string {
  return `prompt:${promptId}`;
}

/** Followed by each device of this person. */
export function personChannel(orgId: string, userId: string): string {
  return `person:${orgId}:${userId}`;
}

/** Tells everybody concerned, once the change is committed; whose it is decides the channels, nothing is filtered. */
export function announce(tx: Tx, channels: Channels, prompt: UploadPrompt): void {
  const message = { id: prompt.id, version: prompt.version };
  tx.afterCommit(() => {
    channels.publish(personChannel(prompt.orgId, prompt.userId), message);
    channels.publish(promptChannel(prompt.id), message);
  });
}
