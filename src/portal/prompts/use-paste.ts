import { useEffect } from 'react';
import type { UploadPrompt } from '../../client/index.js';
import type { Answering } from '../state/answering.js';

/**
 * A file that is pasted goes to the request that the keyboard is in, or to the only one there is; with several to
 * choose from, nowhere.
 */
export function usePaste(prompts: readonly UploadPrompt[], answering: Pick<Answering, 'choose'>): void {
  useEffect(() => {
    const paste = ({ clipboardData }: ClipboardEvent) => {
      const files = [...(clipboardData?.files ?? [])];
      const card = document.activeElement?.closest<HTMLElement>('[data-prompt-id]');
      const prompt =
        prompts.find(({ id }) => id === card?.dataset['promptId']) ??
        (prompts.length === 1 ? prompts[0] : undefined);
      if (prompt !== undefined) answering.choose(prompt, files);
    };
    document.addEventListener('paste', paste);
    return () => document.removeEventListener('paste', paste);
  }, [prompts, answering]);
}
