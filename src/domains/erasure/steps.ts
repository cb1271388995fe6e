/** Told after each batch: how many of what were done with. */
export type OnProgress = (what: string, count: number) => void;

export type Steps = ReturnType<typeof makeSteps>;

/** Small enough that a run that is asked to stop does so soon. */
const batch = 50;

export function makeSteps({
  signal,
  onProgress,
}: {
  signal: AbortSignal | undefined;
  onProgress: OnProgress | undefined;
}) {
  return {
    /** Does batch after batch, until there is none. Throws the reason of `signal` once that is aborted. */
    async untilNone(what: string, step: (limit: number) => Promise<number>): Promise<void> {
      for (let count = await step(batch); count > 0; count = await step(batch)) {
        onProgress?.(what, count);
        signal?.throwIfAborted();
      }
    },
  };
}
