import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const algorithm = 'aes-256-gcm';
const ivBytes = 12;
/** Node 20 would accept a tag of 4 bytes where this is not demanded. */
const authTagLength = 16;
/** What sealing adds to the length of what is sealed. */
export const sealOverheadBytes = ivBytes + authTagLength;

/**
 * AES-256-GCM: IV, ciphertext and tag in one. The IV is fresh, of 96 random bits, so one key may seal some 2^32 times.
 * `context` is not in the result, and what was sealed opens with the very same only.
 */
export function sealBytes(key: Buffer, plain: Uint8Array, context: Uint8Array): Buffer {
  const iv = randomBytes(ivBytes);
  const cipher = createCipheriv(algorithm, key, iv, { authTagLength });
  cipher.setAAD(context);
  const sealed = cipher.update(plain);
  cipher.final(); // Empty in GCM, which knows no blocks; it completes the tag.
  return Buffer.concat([iv, sealed, cipher.getAuthTag()]);
}

/** undefined for whatever `sealBytes` did not make with this key and context. The caller may overwrite the result. */
export function openBytes(key: Buffer, sealed: Uint8Array, context: Uint8Array): Buffer | undefined {
  if (sealed.length < sealOverheadBytes) return undefined;
  const iv = sealed.subarray(0, ivBytes);
  const decipher = createDecipheriv(algorithm, key, iv, { authTagLength });
  decipher.setAAD(context);
  decipher.setAuthTag(sealed.subarray(-authTagLength));
  const plain = decipher.update(sealed.subarray(ivBytes, -authTagLength));
  try {
    decipher.final();
    return plain;
  } catch {
    // Not authentic: nobody gets to see it.
    plain.fill(0);
    return undefined;
  }
}
