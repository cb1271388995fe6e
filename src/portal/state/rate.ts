/** Speeds are averaged over this long, so that the number can be read. */
const windowMs = 6_000;
/** Before that, there is nothing to say. */
const minSpanMs = 800;

export interface Rate {
  readonly bytesPerSecond: number;
  readonly secondsLeft: number;
}

/** The speed of an upload of late; undefined while it is unknown. `now` in ms. */
export function makeRate(now: () => number) {
  let samples: { at: number; sentBytes: number }[] = [];
  return {
    /** Forgets what was: after a pause, the time in it does not count. */
    restart(): void {
      samples = [];
    },
    add(sentBytes: number, totalBytes: number): Rate | undefined {
      const at = now();
      const last = samples.at(-1);
      // A part that starts over counts anew.
      if (last !== undefined && sentBytes < last.sentBytes) samples = [];
      samples = [...samples.filter((sample) => at - sample.at <= windowMs), { at, sentBytes }];
      const first = samples[0];
      if (first === undefined || at - first.at < minSpanMs) return undefined;
      const bytesPerSecond = ((sentBytes - first.sentBytes) * 1000) / (at - first.at);
      if (bytesPerSecond <= 0) return undefined;
      return { bytesPerSecond, secondsLeft: (totalBytes - sentBytes) / bytesPerSecond };
    },
  };
}
