import { hkdfSync } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { openBytes, sealBytes } from './aead.js';

export interface KeyringKey {
  readonly id: string;
  /** 32 random bytes. */
  readonly key: Buffer;
}

/** Derived keys kept, so that a page of cursors derives once. Each is 32 bytes. */
const maxDerivedKeys = 1000;

export type Keyring = ReturnType<typeof makeKeyring>;

/**
 * Seals small payloads that travel through the hands of callers and come back (cursors, download URLs), so that
 * nobody can read, change or invent one. Each purpose has a key of its own: what was sealed for one cannot be
 * opened for another. The first key seals and all of them open, so keys rotate without a break: a new one has to be
 * known to every process, behind the others, before any puts it first.
 * A sealed text is base64url and no secret of ours; AES-256-GCM with a 16-byte tag and a fresh 96-bit IV.
 */
export function makeKeyring(keys: readonly KeyringKey[]) {
  const [newest] = keys;
  if (newest === undefined) throw new Error('a keyring needs at least one key');
  for (const { id, key } of keys) {
    const idBytes = Buffer.byteLength(id);
    if (idBytes === 0 || idBytes > 255) throw new Error('the id of a server key has 1 to 255 bytes');
    if (key.length !== 32) throw new Error('a server key has 32 bytes');
  }
  const byId = new Map(keys.map((key) => [key.id, key]));
  if (byId.size < keys.length) throw new Error('each server key has an id of its own');
  const derived = new LRUCache<string, Buffer>({ max: maxDerivedKeys });

  function derive({ id, key }: KeyringKey, purpose: string): Buffer {
    const name = JSON.stringify([id, purpose]);
    const known = derived.get(name);
    if (known !== undefined) return known;
    const made = Buffer.from(hkdfSync('sha256', key, '', `askfile:${purpose}`, 32));
    derived.set(name, made);
    return made;
  }

  const sealFor = (purpose: string, plain: Uint8Array, context = ''): Buffer => {
    const id = Buffer.from(newest.id);
    const header = Buffer.concat([Buffer.from([id.length]), id]);
    const sealed = sealBytes(derive(newest, purpose), plain, Buffer.concat([header, Buffer.from(context)]));
    return Buffer.concat([header, sealed]);
  };

  function openFor(purpose: string, bytes: Buffer, context = ''): Buffer | undefined {
    const headerBytes = 1 + (bytes[0] ?? 0);
    const header = bytes.subarray(0, headerBytes);
    const key = byId.get(header.subarray(1).toString());
    const sealed = bytes.subarray(headerBytes);
    return key && openBytes(derive(key, purpose), sealed, Buffer.concat([header, Buffer.from(context)]));
  }

  return {
    /** For what is no text, such as a key. `context` is whatever else it is bound to. */
    sealBytes: sealFor,

    /** What `sealBytes` sealed for the same, for the caller to overwrite; undefined for anything else. Never throws. */
    openBytes: openFor,

    /** Whether the newest key sealed it, so that the others are not needed for it. */
    isNewest: (bytes: Buffer): boolean => bytes.subarray(1, 1 + (bytes[0] ?? 0)).toString() === newest.id,

    /** `payload` must survive JSON. */
    seal: (purpose: string, payload: object): string =>
      sealFor(purpose, Buffer.from(JSON.stringify(payload))).toString('base64url'),

    /** What was sealed for this purpose; undefined for anything else. Never throws. */
    open(purpose: string, token: string): unknown {
      const bytes = Buffer.from(token, 'base64url');
      // Node skips what is not base64url; only the one canonical spelling of a token counts.
      if (bytes.toString('base64url') !== token) return undefined;
      const opened = openFor(purpose, bytes);
      // Authentic, and so JSON of ours.
      return opened && (JSON.parse(opened.toString('utf8')) as unknown);
    },
  };
}
