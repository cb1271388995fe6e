/** What a text without marks is taken for when it is no UTF-8: what Windows wrote for decades. */
const fallback = 'windows-1252';
/** Its bytes 0x80 to 0x9f, which Node takes for those of ISO 8859-1 (nodejs/node#56542): control characters. */
const signs = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ';
const probeBytes = 64 * 1024;

/** Piece by piece: UTF-16 and UTF-8 by their marks, UTF-8 where it is valid, the old Windows encoding otherwise. */
export async function* decodeText(bytes: AsyncIterable<Buffer>): AsyncGenerator<string, void> {
  let decoder: Decoder | undefined;
  let head: Buffer = Buffer.alloc(0);
  for await (const chunk of bytes) {
    if (decoder !== undefined) {
      yield decoder.decode(chunk);
      continue;
    }
    head = Buffer.concat([head, chunk]);
    if (head.length < probeBytes) continue;
    decoder = makeDecoder(guessEncoding(head));
    yield decoder.decode(head);
  }
  if (decoder === undefined) {
    decoder = makeDecoder(guessEncoding(head));
    yield decoder.decode(head);
  }
  yield decoder.end();
}

interface Decoder {
  decode(chunk: Buffer): string;
  /** What is left of a character that was cut off. */
  end(): string;
}

function makeDecoder(encoding: string): Decoder {
  const decoder = new TextDecoder(encoding);
  const toSign = (character: string) => signs[character.charCodeAt(0) - 0x80] ?? character;
  return {
    decode(chunk) {
      const text = decoder.decode(chunk, { stream: true });
      return encoding === fallback ? text.replace(/[\x80-\x9f]/g, toSign) : text;
    },
    end: () => decoder.decode(),
  };
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
