import { createReadStream } from 'node:fs';
import type { ExtractionRequest } from '../protocol.js';
import { decodeText } from './decode-text.js';
import { fileFd } from './file.js';
import type { Found } from './found.js';
import { makeTextSink } from './text-sink.js';

export async function readPlainText({ maxTextBytes }: ExtractionRequest): Promise<Found> {
  const sink = makeTextSink(maxTextBytes);
  const bytes = createReadStream('', { fd: fileFd, start: 0, autoClose: false });
  for await (const piece of decodeText(bytes)) {
    sink.add(piece);
    if (sink.isFull()) break;
  }
  return sink.toFound();
}
