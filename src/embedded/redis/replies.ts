/** Replies of the Redis protocol, version 2, as bytes. */

const newline = Buffer.from('\r\n');

/** Thrown by a command: becomes an error reply. The first word is its code (`ERR`, `WRONGPASS`). */
export class ReplyError extends Error {
  override readonly name = 'ReplyError';
}

export const nil = Buffer.from('$-1\r\n');
export const ok = simple('OK');

export function simple(text: string): Buffer {
  return Buffer.from(`+${text}\r\n`, 'latin1');
}

/** A line break inside would end the reply early. */
export function failure(message: string): Buffer {
  return Buffer.from(`-${message.replace(/[\r\n]/g, ' ')}\r\n`, 'latin1');
}

export function integer(value: number | bigint): Buffer {
  return Buffer.from(`:${value}\r\n`);
}

export function bulk(value: Buffer | string | null): Buffer {
  if (value === null) return nil;
  const bytes = typeof value === 'string' ? Buffer.from(value, 'latin1') : value;
  return Buffer.concat([Buffer.from(`$${bytes.length}\r\n`), bytes, newline]);
}

export function array(items: readonly Buffer[]): Buffer {
  return Buffer.concat([Buffer.from(`*${items.length}\r\n`), ...items]);
}

export function bulks(values: Iterable<Buffer | string>): Buffer {
  return array(Array.from(values, bulk));
}
