import { hashRaw } from '@node-rs/argon2';
import type { DeriveKey } from '../../domains/vault/password.js';

/** Argon2id is this package's own default, as is version 1.3. Each derivation takes one of libuv's threads. */
export const deriveKey: DeriveKey = (password, { salt, memoryKib, passes, lanes }) =>
  hashRaw(password, {
    salt: Buffer.from(salt, 'base64url'),
    memoryCost: memoryKib,
    timeCost: passes,
    parallelism: lanes,
    outputLen: 32,
  });
