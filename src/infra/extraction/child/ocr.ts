import type { Sharp } from 'sharp';
import type { ExtractionRequest } from '../protocol.js';
import { runTool } from './run-tool.js';
import { makeTextSink } from './text-sink.js';

/** Enough for a page at 300 dpi. */
const maxSide = 4000;

/** What is written in pictures, where there is a program that reads it; nothing otherwise. */
export async function readByOcr(
  { tools, ocrLanguages, maxTextBytes }: ExtractionRequest,
  pictures: Iterable<() => Sharp> | AsyncIterable<() => Sharp>,
): Promise<{ text?: string; isTextCut?: boolean }> {
  if (tools.tesseract === undefined) return {};
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
    if (sink.isFull()) break;
  }
  return sink.toFound();
}
