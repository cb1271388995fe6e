/**
 * Where sealed keys wait for a while, and nothing else: what is lost here locks a memory until its password is given
 * again. Every method rejects within seconds when the cache cannot be reached.
 */
export interface KeyCache {
  put(name: string, sealed: Buffer, ttlSeconds: number): Promise<void>;
  /** From now on it lives for `ttlSeconds`, where they are given. */
  find(name: string, ttlSeconds?: number): Promise<Buffer | undefined>;
  /** If it is there, it lives for `ttlSeconds` from now on. */
  extend(name: string, ttlSeconds: number): Promise<void>;
  drop(name: string): Promise<void>;
  /** Puts another seal in its place if it is there, without changing how long it lives. */
  replace(name: string, sealed: Buffer): Promise<void>;
}
