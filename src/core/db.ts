import type { NodePgDatabase } from 'drizzle-orm/node-postgres';

/** Queries, either on the pool or inside a transaction. Only stores look inside. */
export type Db = NodePgDatabase;

/** An open transaction. Services pass it on; stores and the queue write through it. */
export interface Tx {
  readonly db: Db;
  /** The same connection for what speaks plain SQL (the queue). */
  executeSql(text: string, values?: readonly unknown[]): Promise<{ rows: unknown[] }>;
  /** Runs once the commit is known; never after a rollback. Must not throw. */
  afterCommit(effect: () => void): void;
}

/** Runs `work` in one READ COMMITTED transaction: commits when it resolves, rolls back when it throws. */
export type Transact = <T>(work: (tx: Tx) => Promise<T>) => Promise<T>;
