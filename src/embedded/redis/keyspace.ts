export interface Entry {
  readonly value: Buffer;
  /** Milliseconds since the epoch; null: stays. */
  readonly expiresAt: number | null;
}

/** One database: binary keys (as latin1 text) to binary values, some of which end. */
export interface Keyspace {
  /** What has ended is not there. */
  get(key: string): Entry | undefined;
  set(key: string, entry: Entry): void;
  delete(key: string): boolean;
  clear(): void;
  size(): number;
  /** Of what has not ended. */
  keys(): string[];
  /** Looks at up to `limit` entries, going on where it left off, and frees those that have ended. */
  sweep(limit: number): void;
}

export function makeKeyspace(now: () => number): Keyspace {
  const entries = new Map<string, Entry>();
  let place: MapIterator<[string, Entry]> | undefined;

  const hasEnded = ({ expiresAt }: Entry) => expiresAt !== null && expiresAt <= now();

  function get(key: string): Entry | undefined {
    const entry = entries.get(key);
    if (entry === undefined || !hasEnded(entry)) return entry;
    entries.delete(key);
    return undefined;
  }

  return {
    get,
    set(key, { value, expiresAt }) {
      // A copy: what comes from the network is a view of a larger buffer, which it would keep alive.
      entries.set(key, { value: Buffer.from(value), expiresAt });
    },
    delete(key) {
      return get(key) !== undefined && entries.delete(key);
    },
    clear: () => entries.clear(),
    size: () => entries.size,
    keys() {
      const keys: string[] = [];
      for (const [key, entry] of entries) if (!hasEnded(entry)) keys.push(key);
      return keys;
    },
    sweep(limit) {
      place ??= entries.entries();
      for (let looked = 0; looked < limit; looked += 1) {
        const next = place.next();
        if (next.done) {
          place = undefined;
          return;
        }
        const [key, entry] = next.value;
        if (hasEnded(entry)) entries.delete(key);
      }
    },
  };
}
