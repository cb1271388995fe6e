/** The slowest connection that a lease leaves time for. */
const minBytesPerSecond = 64 * 1024;

/** How long so many bytes may take to arrive. */
export function toLeaseSeconds(minLeaseSeconds: number, bytes: number): number {
  return minLeaseSeconds + Math.ceil(bytes / minBytesPerSecond);
}
