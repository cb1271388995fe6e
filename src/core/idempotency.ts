import { createHash } from 'node:crypto';
import { AppError, badInput } from './errors.js';
import { isStorable } from './text.js';

/** A request that may come again, because its answer was lost: filed under its sender's key, with what it asked for. */
export interface Repeatable {
  readonly key: string;
  /** Tells a repetition from another request under the same key. */
  readonly inputHash: string;
}

const maxKeyLength = 255;

/** Throws BAD_USER_INPUT. */
export function assertKey(field: string, key: string | null | undefined): void {
  if (key == null) return;
  if (key === '' || key.length > maxKeyLength || !isStorable(key)) {
    throw badInput(field, `Give 1 to ${maxKeyLength} characters.`);
  }
}

/** Of what was asked, in an order that stays; in which order an object has its keys says nothing. */
export function hashInput(asked: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(asked, withSortedKeys)).digest('hex');
}

function withSortedKeys(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

export function idempotencyConflict(field: string): AppError {
  return new AppError('IDEMPOTENCY_CONFLICT', 'This idempotency key was used with another input before.', {
    extensions: { field },
  });
}
