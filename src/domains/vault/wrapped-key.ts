import { randomBytes } from 'node:crypto';
import { openBytes, sealBytes } from '../../core/aead.js';
import { dataKeyBytes, toContext } from './memory-cipher.js';

/** Which data key of which memory. */
export interface KeyPlace {
  readonly orgId: string;
  readonly memoryId: string;
  readonly version: number;
}

export function newDataKey(): Buffer {
  return randomBytes(dataKeyBytes);
}

/** `passwordKey` is what the password derives to. base64url. */
export function wrapKey(passwordKey: Buffer, place: KeyPlace, dataKey: Buffer): string {
  return sealBytes(passwordKey, dataKey, contextOf(place)).toString('base64url');
}

/** undefined when the password is another. The caller overwrites the result. */
export function unwrapKey(passwordKey: Buffer, place: KeyPlace, wrapped: string): Buffer | undefined {
  return openBytes(passwordKey, Buffer.from(wrapped, 'base64url'), contextOf(place));
}

function contextOf({ orgId, memoryId, version }: KeyPlace): Buffer {
  return toContext('key', orgId, memoryId, version);
}
