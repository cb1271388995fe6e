import { sealedAssets } from '../domains/assets/sealed-assets.store.js';
import { makeMemories } from '../domains/memories/memory.service.js';
import { sealedUploads } from '../domains/uploads/sealed-uploads.store.js';
import { makeMemoryCiphers } from '../domains/vault/memory-ciphers.js';
import { makePasswordKeys } from '../domains/vault/password.js';
import { makeSealing } from '../domains/vault/sealing.js';
import { makeShowNames } from '../domains/vault/show-names.js';
import { makeUnlockedKeys } from '../domains/vault/unlocked-keys.js';
import { makeVaults } from '../domains/vault/vault.service.js';
import type { Foundation } from './foundation.js';

export type MemoryWiring = ReturnType<typeof wireMemories>;

/** Memories, and what seals those that are encrypted. */
export function wireMemories({ config, adapters, keyring, common }: Foundation) {
  const memories = makeMemories(common);
  const unlocked = makeUnlockedKeys({
    cache: adapters.keyCache,
    keyring,
    ttlSeconds: config.memories.unlockMinutes * 60,
    log: common.log,
  });
  const sealing = makeSealing({ ...common, memories, unlocked, sealedRows: [sealedUploads, sealedAssets] });
  const ciphers = makeMemoryCiphers({ ...common, memories, unlocked, sealing });
  const showNames = makeShowNames({ ...common, ciphers });
  const passwordKeys = makePasswordKeys(adapters.deriveKey);
  const vaults = makeVaults({ ...common, memories, unlocked, ciphers, sealing, passwordKeys });
  return { services: { vaults }, ciphers, memories, sealing, showNames };
}
