import { useEffect } from 'react';
import type { UploadPrompt } from '../../client/index.js';
import type { Answering } from '../state/answering.js';

/**
 * A file that is pasted goes to the request that the keyboard is in, or to the only one there is; with several to
 * choose from, nowhere. What is pasted into a text field is that field's, and what somebody has taken already, theirs.
 */
export function usePaste(prompts: readonly UploadPrompt[], answering: Pick<Answering, 'choose'>): void {
  useEffect(() => {
    const paste = (event: ClipboardEvent) => {
      const files = [...(event.clipboardData?.files ?? [])];
      if (files.length === 0 || event.defaultPrevented) return;
      // Other than the target, the path leads into shadow roots.
      const path = event.composedPath().filter((target) => target instanceof HTMLElement);
      if (path[0] !== undefined && isTextField(path[0])) return;
      const pastedInto = path.find(({ dataset }) => dataset['promptId'] !== undefined)?.dataset['promptId'];
      const only = prompts.length === 1 ? prompts[0] : undefined;
      const prompt = pastedInto === undefined ? only : prompts.find(({ id }) => id === pastedInto);
      if (prompt === undefined) return;
      event.preventDefault();
      answering.choose(prompt, files);
    };
    document.addEventListener('paste', paste);
    return () => document.removeEventListener('paste', paste);
  }, [prompts, answering]);
}

function isTextField(element: HTMLElement): boolean {
  return element.isContentEditable || ['INPUT', 'TEXTAREA'].includes(element.tagName);
}
