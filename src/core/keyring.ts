import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { LRUCache } from 'lru-cache';

export interface KeyringKey {
  readonly id: string;
  /** 32 random bytes. */
  readonly key: Buffer;
}

const ivBytes = 12;
const tagBytes = 16;
/** Derived keys kept, so that a page of cursors derives once. Each is 32 bytes. */
const maxDerivedKeys = 1000;

export type Keyring = ReturnType<typeof makeKeyring>;

/**
 * Seals small payloads that travel through the hands of callers and come back (cursors, download URLs), so that
 * nobody can read, change or invent one. Each purpose has a key of its own: what was sealed for one cannot be
 * opened for another. The first key seals and all of them open, so keys rotate without a break.
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
  const derived = new LRUCache<string, Buffer>({ max: maxDerivedKeys });

  function derive({ id, key }: KeyringKey, purpose: string): Buffer {
    const name = JSON.stringify([id, purpose]);
    const known = derived.get(name);
    if (known !== undefined) return known;
    const made = Buffer.from(hkdfSync('sha256', key, '', `askfile:${purpose}`, 32));
    derived.set(name, made);
    return made;
  }

  return {
    /** `payload` must survive JSON. */
    seal(purpose: string, payload: object): string {
      const id = Buffer.from(newest.id);
      const header = Buffer.concat([Buffer.from([id.length]), id]);
      const iv = randomBytes(ivBytes);
      const cipher = createCipheriv('aes-256-gcm', derive(newest, purpose), iv, { authTagLength: tagBytes });
      cipher.setAAD(header);
      const sealed = Buffer.concat([cipher.update(JSON.stringify(payload), 'utf8'), cipher.final()]);
      return Buffer.concat([header, iv, sealed, cipher.getAuthTag()]).toString('base64url');
    },

    /** What was sealed for this purpose; undefined for anything else. Never throws. */
    open(purpose: string, token: string): unknown {
      const bytes = Buffer.from(token, 'base64url');
      // Node skips what is not base64url; only the one canonical spelling of a token counts.
      if (bytes.toString('base64url') !== token) return undefined;
      const headerBytes = 1 + (bytes[0] ?? 0);
      if (bytes.length < headerBytes + ivBytes + tagBytes) return undefined;
      const header = bytes.subarray(0, headerBytes);
      const key = byId.get(header.subarray(1).toString());
      if (key === undefined) return undefined;
      const iv = bytes.subarray(headerBytes, headerBytes + ivBytes);
      const sealed = bytes.subarray(headerBytes + ivBytes, -tagBytes);
      // Node 20 would accept a shorter tag without `authTagLength`.
      const decipher = createDecipheriv('aes-256-gcm', derive(key, purpose), iv, { authTagLength: tagBytes });
      decipher.setAAD(header);
      decipher.setAuthTag(bytes.subarray(-tagBytes));
      try {
        const opened = Buffer.concat([decipher.update(sealed), decipher.final()]);
        return JSON.parse(opened.toString('utf8')) as unknown;
      } catch {
        return undefined;
      }
    },
  };
}
