export interface Renewal {
  readonly everyMs: number;
  readonly renew: () => Promise<unknown>;
  /** Of a renewal that failed: the next one is tried all the same. */
  readonly onFault: (error: unknown) => void;
}

/** Does the work, and renews what it holds for as long as that takes; whoever dies renews nothing any more. */
export async function whileRenewing<T>(
  { everyMs, renew, onFault }: Renewal,
  work: () => Promise<T>,
): Promise<T> {
  const timer = setInterval(() => void renew().catch(onFault), everyMs);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}
