import { S3Error } from './errors.js';

const maxLineBytes = 1024;
const lineEnd = Buffer.from('\r\n');

/** Reads lines and counted bytes off a stream by turns, and holds no more of it than one piece. */
export function makeByteReader(source: AsyncIterable<Buffer>) {
  const pieces = source[Symbol.asyncIterator]();
  let held: Buffer = Buffer.alloc(0);

  /** false at the end of the stream. */
  async function more(): Promise<boolean> {
    const next = await pieces.next();
    if (next.done === true) return false;
    held = held.length === 0 ? next.value : Buffer.concat([held, next.value]);
    return true;
  }

  return {
    /** Without its CRLF. Throws IncompleteBody at the end, InvalidRequest when it does not end soon. */
    async line(): Promise<string> {
      for (;;) {
        const end = held.indexOf(lineEnd);
        if (end > maxLineBytes || (end < 0 && held.length > maxLineBytes)) {
          throw new S3Error('InvalidRequest', 'The aws-chunked body is not well-formed.');
        }
        if (end >= 0) {
          const line = held.toString('latin1', 0, end);
          held = held.subarray(end + lineEnd.length);
          return line;
        }
        if (!(await more())) throw new S3Error('IncompleteBody');
      }
    },

    /** Exactly so many, in pieces as they come. Throws IncompleteBody when there are fewer. */
    async *bytes(count: number): AsyncGenerator<Buffer> {
      for (let left = count; left > 0;) {
        if (held.length === 0 && !(await more())) throw new S3Error('IncompleteBody');
        const piece = held.subarray(0, left);
        held = held.subarray(piece.length);
        left -= piece.length;
        if (piece.length > 0) yield piece;
      }
    },

    async isAtEnd(): Promise<boolean> {
      return held.length === 0 && !(await more());
    },
  };
}

export type ByteReader = ReturnType<typeof makeByteReader>;
