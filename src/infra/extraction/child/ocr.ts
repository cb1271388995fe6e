import type { Sharp } from 'sharp';
import type { ExtractionRequest } from '../protocol.js';
import type { Tell } from './found.js';
import { runTool } from './run-tool.js';
import { makeTextSink } from './text-sink.js';

/** Enough for a page at 300 dpi. */
const maxSide = 4000;

/** Tells what is written in pictures, after each all of it so far, where there is a program that reads them. */
export async function readByOcr(
  { tools, ocrLanguages, maxTextBytes }: ExtractionRequest,
  pictures: Iterable<() => Sharp> | AsyncIterable<() => Sharp>,
  tell: Tell,
): Promise<void> {
  if (tools.tesseract === undefined) return;
  const sink = makeTextSink(maxTextBytes);
  for await (const picture of pictures) {
    const input = await picture()
      .autoOrient()
      .flatten({ background: 'white' })
      .resize(maxSide, maxSide, { fit: 'inside', withoutEnlargement: true })
      .greyscale()
      .png({ compressionLevel: 1 })
      .toBuffer();
    const output = await runTool(tools.tesseract, ['stdin', 'stdout', '-l', ocrLanguages], {
      input,
      // It would take every processor there is.
      env: { OMP_THREAD_LIMIT: '1' },
      maxOutputBytes: maxTextBytes,
    });
    if (output !== undefined) sink.add(`${output.toString('utf8').replaceAll('\f', '')}\n`);
    tell(sink.toFound());
    if (sink.isFull()) return;
  }
}
