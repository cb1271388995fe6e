/** Node's timers overflow above this, and fire at once. */
const maxDelayMs = 2 ** 31 - 1;

/** Calls back at a moment, however far away; at once (but not before returning) when it has passed. */
export function callAt(moment: Date, callback: () => void): () => void {
  let timer: NodeJS.Timeout;
  const arm = () => {
    const delayMs = moment.getTime() - Date.now();
    timer = delayMs > maxDelayMs ? setTimeout(arm, maxDelayMs) : setTimeout(callback, Math.max(delayMs, 0));
    timer.unref();
  };
  arm();
  return () => clearTimeout(timer);
}
