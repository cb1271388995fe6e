import type { ChangeMessage, Channels } from './events.js';

/**
 * Listens from now on, or, where Redis cannot be reached, from when it is back: `onOpened` is then called, because
 * something may have been missed. Returns the end of it; never rejects.
 */
export async function keepOpen(
  channels: Channels,
  channel: string,
  onOpened: () => void,
  onMessage: (message: ChangeMessage) => void,
): Promise<() => void> {
  let close: (() => void) | undefined;
  let isEnded = false;
  const open = async () => {
    const opened = await channels.open(channel, onMessage);
    if (isEnded) opened();
    else close = opened;
  };
  let stopTrying = () => {};
  await open().catch(() => {
    stopTrying = channels.onReconnect(() => {
      if (close !== undefined) return;
      open().then(onOpened, () => undefined);
    });
  });
  return () => {
    isEnded = true;
    stopTrying();
    close?.();
  };
}
