import type { Adapters } from '../../src/adapters.js';
import { makeDatabase } from '../../src/infra/postgres/database.js';
import { makeRecordingLog } from './recording-log.js';
import type { TestBackends } from './service.js';

/**
 * A service with one connection to Postgres, besides its queue's: what asks for another in the midst of a transaction
 * waits for itself, and fails. With many, as many such calls at once would take all of them, and each other's.
 */
export function withOneConnection({ database }: TestBackends) {
  return (adapters: Adapters): Adapters => {
    const one = makeDatabase({ url: database.url, poolSize: 1, log: makeRecordingLog() });
    return {
      ...adapters,
      database: one,
      async close() {
        await adapters.close();
        await one.close();
      },
    };
  };
}
