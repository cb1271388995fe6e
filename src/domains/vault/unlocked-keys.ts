import { createHash } from 'node:crypto';
import { AppError } from '../../core/errors.js';
import type { Keyring } from '../../core/keyring.js';
import type { Log } from '../../core/log.js';
import type { UserViewer, Viewer } from '../../core/viewer.js';
import type { KeyCache } from './key-cache.js';
import { dataKeyBytes, type DataKeys } from './memory-cipher.js';
import type { Vault } from './vault.js';

/**
 * Whom a memory is unlocked for: one session of its person, that agent's App for as long as such a session is, or our
 * own work of sealing.
 */
export type Holder = string;

/** Of one password: of two that are given a memory at once, the one that loses does not take the other's keys away. */
export function sealingHolder({ wrapId }: { wrapId: string }): Holder {
  return JSON.stringify(['sealing', wrapId]);
}

/** undefined for whoever no memory is ever unlocked for. */
export function toHolder(viewer: Viewer): Holder | undefined {
  if (viewer.kind === 'APP') return agentHolder(viewer);
  return viewer.kind === 'USER' ? sessionHolder(viewer) : undefined;
}

export function sessionHolder({ id, sessionId }: UserViewer): Holder {
  return JSON.stringify(['session', id, sessionId]);
}

export function agentHolder({ agentUrn }: { agentUrn: string }): Holder {
  return JSON.stringify(['agent', agentUrn]);
}

/** Whose keys. */
export type VaultRef = Pick<Vault, 'orgId' | 'memoryId' | 'wrapId'>;

export type UnlockedKeys = ReturnType<typeof makeUnlockedKeys>;

const purpose = 'unlocked-memory';

/**
 * Unwrapped keys, kept in Redis alone and sealed there by the server's own key: bound to their memory, its password
 * and whom it is unlocked for, and gone when nobody has used them for a while.
 */
export function makeUnlockedKeys({
  cache,
  keyring,
  ttlSeconds,
  log,
}: {
  cache: KeyCache;
  keyring: Keyring;
  ttlSeconds: number;
  log: Log;
}) {
  async function reseal(name: string, bundle: Buffer, context: string): Promise<void> {
    // Should it fail, the next use does it.
    await cache.replace(name, keyring.sealBytes(purpose, bundle, context)).catch(() => undefined);
  }

  /** Throws what the cache throws. */
  async function read(vault: VaultRef, holder: Holder, ttl?: number): Promise<DataKeys | undefined> {
    const name = toName(vault.memoryId, holder);
    const sealed = await cache.find(name, ttl);
    if (sealed === undefined) return undefined;
    const bundle = keyring.openBytes(purpose, sealed, toContext(vault, holder));
    if (bundle === undefined) return undefined;
    // What is used never expires: only so is an older server key needed no more after a while.
    if (!keyring.isNewest(sealed)) await reseal(name, bundle, toContext(vault, holder));
    return fromBundle(bundle);
  }

  return {
    /** Throws STORAGE_UNAVAILABLE where nothing can be kept. */
    async put(vault: VaultRef, holder: Holder, keys: DataKeys, lifetimeSeconds = ttlSeconds): Promise<void> {
      const bundle = toBundle(keys);
      try {
        const sealed = keyring.sealBytes(purpose, bundle, toContext(vault, holder));
        await cache.put(toName(vault.memoryId, holder), sealed, lifetimeSeconds).catch(throwUnavailable);
      } finally {
        bundle.fill(0);
      }
    },

    /**
     * The caller overwrites them after use. undefined when they are not there. Throws STORAGE_UNAVAILABLE where that
     * cannot be told.
     */
    find: (vault: VaultRef, holder: Holder): Promise<DataKeys | undefined> =>
      read(vault, holder).catch(throwUnavailable),

    /**
     * For whoever asks to see something: as `find`, but undefined, which is locked, also when Redis is away. Using them
     * keeps it unlocked for the time from now on, where `extend` is set.
     */
    async findForUse(
      vault: VaultRef,
      holder: Holder,
      { extend }: { extend: boolean },
    ): Promise<DataKeys | undefined> {
      return read(vault, holder, extend ? ttlSeconds : undefined).catch((error: unknown) => {
        log.warn(
          { error, memoryId: vault.memoryId },
          'a memory counts as locked while its key cannot be read',
        );
        return undefined;
      });
    },

    /** The agent stays let in for as long as the person uses the memory. */
    async extend(memoryId: string, holder: Holder): Promise<void> {
      // Should it fail, the agent is locked out a little earlier.
      await cache.extend(toName(memoryId, holder), ttlSeconds).catch(() => undefined);
    },

    /** Throws STORAGE_UNAVAILABLE: it is still unlocked then, until its time is over. */
    async drop(memoryId: string, holder: Holder): Promise<void> {
      await cache.drop(toName(memoryId, holder)).catch(throwUnavailable);
    },
  };
}

function throwUnavailable(cause: unknown): never {
  throw new AppError('STORAGE_UNAVAILABLE', 'This cannot be done right now. Try again in a moment.', {
    cause,
  });
}

/** Names tell neither sessions nor agents. The braces keep one memory's on one node of a cluster. */
function toName(memoryId: string, holder: Holder): string {
  return `unlocked:{${memoryId}}:${createHash('sha256').update(holder).digest('base64url')}`;
}

function toContext({ orgId, memoryId, wrapId }: VaultRef, holder: Holder): string {
  return JSON.stringify([orgId, memoryId, wrapId, holder]);
}

const versionBytes = 4;

function toBundle(keys: DataKeys): Buffer {
  // Not from Node's pool, which others share.
  const bundle = Buffer.alloc(keys.size * (versionBytes + dataKeyBytes));
  let offset = 0;
  for (const [version, key] of keys) {
    offset = bundle.writeUInt32BE(version, offset);
    offset += key.copy(bundle, offset);
  }
  return bundle;
}

/** The keys are parts of the bundle: overwriting them overwrites it. */
function fromBundle(bundle: Buffer): DataKeys {
  const keys = new Map<number, Buffer>();
  for (let offset = 0; offset < bundle.length; offset += versionBytes + dataKeyBytes) {
    const start = offset + versionBytes;
    keys.set(bundle.readUInt32BE(offset), bundle.subarray(start, start + dataKeyBytes));
  }
  return keys;
}
