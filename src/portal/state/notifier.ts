import type { UploadPrompt } from '../../client/index.js';
import { makeStore } from './store.js';

export type NotifierState = 'unsupported' | 'not-asked' | 'on' | 'refused';

/**
 * The browser's own notifications, for when the page is out of sight. Nothing is asked of the person until they
 * ask for it.
 */
export function makeNotifier() {
  const read = (): NotifierState => {
    if (typeof Notification === 'undefined') return 'unsupported';
    if (Notification.permission === 'default') return 'not-asked';
    return Notification.permission === 'granted' ? 'on' : 'refused';
  };
  const store = makeStore(read());
  return {
    state: store,

    /** Only from a click. */
    async ask(): Promise<void> {
      await Notification.requestPermission();
      store.set(read());
    },

    /** Says nothing while the page is in sight. */
    tell({ id, agent, prompt }: UploadPrompt): void {
      if (document.visibilityState === 'visible' || read() !== 'on') return;
      try {
        const shown = new Notification(`${agent.name} is asking for a file`, { body: prompt, tag: id });
        shown.onclick = () => {
          window.focus();
          shown.close();
        };
      } catch {
        // Some phones have the name and refuse the call: the title and the list still tell.
        store.set('unsupported');
      }
    },
  };
}

export type Notifier = ReturnType<typeof makeNotifier>;
