import type { ChangeMessage, Channels } from './events.js';

const firstPauseMs = 500;
const maxPauseMs = 15_000;

/**
 * Listens from now on, or, where Redis cannot be reached or does not confirm in time, from when it does: `onOpened` is
 * then called, because something may have been missed. Until then it is asked again whenever it is back, and, as it
 * may only have been slow, after pauses that grow. Returns the end of it; never rejects.
 */
export async function keepOpen(
  channels: Channels,
  channel: string,
  onOpened: () => void,
  onMessage: (message: ChangeMessage) => void,
): Promise<() => void> {
  let close: (() => void) | undefined;
  let isEnded = false;
  let isOpening = false;
  let timer: NodeJS.Timeout | undefined;
  let pauseMs = firstPauseMs;

  /** Whether it is open now; where it is not, but still wanted, it is tried again. */
  async function tryToOpen(): Promise<boolean> {
    isOpening = true;
    clearTimeout(timer);
    const opened = await channels.open(channel, onMessage).catch(() => undefined);
    isOpening = false;
    if (isEnded) {
      opened?.();
    } else if (opened === undefined) {
      // Half of it by chance, so that all who wait do not come back as one.
      timer = setTimeout(tryAgain, pauseMs * (0.5 + Math.random() / 2));
      pauseMs = Math.min(2 * pauseMs, maxPauseMs);
    } else {
      close = opened;
    }
    return close !== undefined;
  }

  function tryAgain(): void {
    if (isOpening) return;
    void tryToOpen().then((isOpen) => {
      if (!isOpen) return;
      stopWatching();
      onOpened();
    });
  }

  let stopWatching = () => {};
  if (!(await tryToOpen())) stopWatching = channels.onReconnect(tryAgain);
  return () => {
    isEnded = true;
    clearTimeout(timer);
    stopWatching();
    close?.();
  };
}
