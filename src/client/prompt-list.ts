import type { UploadPrompt, UploadPromptEvent } from './types.js';

/**
 * The open prompts, from a stream of events that may repeat themselves or come late.
 * A prompt's `version` decides; that it has ended is remembered, so that an older event can't bring it back.
 */
export function makePromptList() {
  let open = new Map<string, UploadPrompt>();
  /** Id → version at which it ended. A snapshot makes a fresh start: it was read after all of them. */
  const ended = new Map<string, number>();

  const isStale = ({ id, version }: UploadPrompt) =>
    version <= (open.get(id)?.version ?? -1) || version <= (ended.get(id) ?? -1);

  function upsert(prompt: UploadPrompt): boolean {
    if (isStale(prompt)) return false;
    open.set(prompt.id, prompt);
    return true;
  }

  function end({ id, version }: UploadPrompt): boolean {
    ended.set(id, Math.max(version, ended.get(id) ?? -1));
    return open.delete(id);
  }

  return {
    /** Takes an event in; false when it changed nothing. A snapshot always counts as a change. */
    apply({ kind, prompts }: UploadPromptEvent): boolean {
      switch (kind) {
        case 'SNAPSHOT':
          open = new Map(prompts.map((prompt) => [prompt.id, prompt]));
          ended.clear();
          return true;
        case 'UPSERT':
          return prompts.map(upsert).includes(true);
        case 'RESOLVED':
          return prompts.map(end).includes(true);
      }
    },

    /** The oldest first. */
    list(): readonly UploadPrompt[] {
      return [...open.values()].sort(
        (a, b) => Date.parse(a.createdAt) - Date.parse(b.createdAt) || (a.id < b.id ? -1 : 1),
      );
    },
  };
}
