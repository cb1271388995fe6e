/** Bytes in pieces, as streams give them. */
export type Bytes = AsyncIterable<Buffer>;

/** Reads exact counts from bytes that come in pieces; keeps no more than one piece beyond what was asked for. */
export function makeByteSource(bytes: Bytes) {
  const iterator = bytes[Symbol.asyncIterator]();
  let rest: Buffer = Buffer.alloc(0);
  let ended = false;

  async function fill(): Promise<boolean> {
    while (rest.length === 0 && !ended) {
      const next = await iterator.next();
      if (next.done === true) ended = true;
      else rest = next.value;
    }
    return rest.length > 0;
  }

  /** The next `count` bytes; fewer only where the source ends. */
  async function read(count: number): Promise<Buffer> {
    const pieces: Buffer[] = [];
    for await (const piece of stream(count)) pieces.push(piece);
    return Buffer.concat(pieces);
  }

  /** The same, piece by piece. */
  async function* stream(count: number): AsyncGenerator<Buffer, void> {
    let left = count;
    while (left > 0 && (await fill())) {
      const piece = rest.subarray(0, left);
      rest = rest.subarray(piece.length);
      left -= piece.length;
      yield piece;
    }
  }

  return {
    read,
    stream,
    /** Ends the source early, so that whatever is behind it is freed. */
    close: async (): Promise<void> => {
      await iterator.return?.();
    },
  };
}

/** Everything, with the first bytes looked at before the rest is taken. */
export async function peek(bytes: Bytes, count: number): Promise<{ head: Buffer; all: Bytes }> {
  const source = makeByteSource(bytes);
  const head = await source.read(count);
  async function* all(): AsyncGenerator<Buffer, void> {
    try {
      if (head.length > 0) yield head;
      yield* source.stream(Infinity);
    } finally {
      await source.close();
    }
  }
  return { head, all: all() };
}
