/** What a text without marks is taken for when it is no UTF-8: what Windows wrote for decades. */
const fallback = 'windows-1252';
const probeBytes = 64 * 1024;

/** Piece by piece: UTF-16 and UTF-8 by their marks, UTF-8 where it is valid, the old Windows encoding otherwise. */
export async function* decodeText(bytes: AsyncIterable<Buffer>): AsyncGenerator<string, void> {
  let decoder: TextDecoder | undefined;
  let head: Buffer = Buffer.alloc(0);
  for await (const chunk of bytes) {
    if (decoder !== undefined) {
      yield decoder.decode(chunk, { stream: true });
      continue;
    }
    head = Buffer.concat([head, chunk]);
    if (head.length < probeBytes) continue;
    decoder = new TextDecoder(guessEncoding(head));
    yield decoder.decode(head, { stream: true });
  }
  if (decoder === undefined) yield new TextDecoder(guessEncoding(head)).decode(head);
  else yield decoder.decode();
}

function guessEncoding(head: Buffer): string {
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le';
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be';
  try {
    // A character that the probe cuts in two is no mistake.
    new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: true });
    return 'utf-8';
  } catch {
    return fallback;
  }
}
