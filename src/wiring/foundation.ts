import type { Adapters } from '../adapters.js';
import type { AppConfig } from '../config.js';
import { makeKeyring, type Keyring } from '../core/keyring.js';
import type { Log } from '../core/log.js';
import { makeCursors } from '../core/pagination.js';
import { makeAudit } from '../domains/accounts/audit.service.js';

/** What every part of the wiring stands on. */
export interface Foundation {
  readonly config: AppConfig;
  readonly adapters: Adapters;
  readonly keyring: Keyring;
  /** Where browsers reach the service; asked when a URL is made, because the port may be known only once listening. */
  readonly publicUrl: () => string;
  /** For most services. */
  readonly common: ReturnType<typeof makeCommon>;
}

export function layFoundation(
  config: AppConfig,
  adapters: Adapters,
  log: Log,
  publicUrl: () => string,
): Foundation {
  const keyring = makeKeyring(config.serverKeys);
  return { config, adapters, keyring, publicUrl, common: makeCommon(adapters, keyring, log) };
}

function makeCommon({ database, channels, queue, objects }: Adapters, keyring: Keyring, log: Log) {
  const { db, transact } = database;
  return { db, transact, log, channels, queue, objects, cursors: makeCursors(keyring), audit: makeAudit() };
}
