import type { ExtractionRequest } from '../../protocol.js';
import type { Found } from '../found.js';
import { makeTextSink } from '../text-sink.js';
import { Unreadable } from '../unreadable.js';
import { isOpenDocument, readOpenDocument } from './open-document.js';
import { openPackage } from './package.js';

const main = 'ppt/presentation.xml';

/** The paragraphs of a presentation, slide by slide. */
export async function readSlides({ maxTextBytes }: ExtractionRequest): Promise<Found> {
  const presentation = await openPackage();
  const sink = makeTextSink(maxTextBytes);
  if (isOpenDocument(presentation)) {
    await readOpenDocument(presentation, sink);
    return sink.toFound();
  }
  if (!presentation.has(main)) throw new Unreadable('The document has no presentation in it.');
  const targets = await presentation.readRelations(main);
  const slides: string[] = [];
  await presentation.read(main, {
    onOpen(tag, { id }) {
      const target = tag === 'sldId' && id !== undefined ? targets.get(id) : undefined;
      if (target !== undefined) slides.push(target);
    },
  });
  for (const slide of slides) {
    if (sink.isFull()) break;
    let isText = false;
    await presentation.read(slide, {
      onOpen(tag) {
        isText = tag === 't';
        if (tag === 'br') sink.add('\n');
      },
      onText(text) {
        if (isText) sink.add(text);
      },
      onClose(tag) {
        isText = false;
        if (tag === 'p') sink.add('\n');
      },
      isDone: sink.isFull,
    });
    sink.add('\n');
  }
  return sink.toFound();
}
