/** The slowest connection that a lease leaves time for. */
const minBytesPerSecond = 64 * 1024;

/** How long so many bytes may take to arrive. */
export function toLeaseSeconds(minLeaseSeconds: number, bytes: number): number {
  return minLeaseSeconds + Math.ceil(bytes / minBytesPerSecond);
}

/** For how long an upload keeps what it has reserved. */
export interface Lease {
  /** From its begin. */
  readonly seconds: number;
  /** It ends no later, however often it is extended. */
  readonly latestEnd: Date;
  /** Whether it is extended while bytes come. */
  readonly isExtended: boolean;
}

/**
 * What one request puts has all its time at once, for nobody hears of its bytes until they are there. In parts, each
 * request for some extends it. What comes through us is held by the process that it comes through, for as long as that
 * lives: it extends the lease again and again, until all bytes would have come over the slowest connection.
 */
export function planLease(
  file: { readonly sizeBytes: number; readonly partSizeBytes: number | null; readonly isStreamed: boolean },
  limits: { readonly minLeaseSeconds: number; readonly latestEnd: Date },
): Lease {
  const { minLeaseSeconds, latestEnd } = limits;
  const wholeSeconds = toLeaseSeconds(minLeaseSeconds, file.sizeBytes);
  if (file.isStreamed) {
    const end = Math.min(latestEnd.getTime(), Date.now() + wholeSeconds * 1000);
    return { seconds: minLeaseSeconds, latestEnd: new Date(end), isExtended: true };
  }
  if (file.partSizeBytes === null) return { seconds: wholeSeconds, latestEnd, isExtended: false };
  return { seconds: toLeaseSeconds(minLeaseSeconds, file.partSizeBytes), latestEnd, isExtended: true };
}
