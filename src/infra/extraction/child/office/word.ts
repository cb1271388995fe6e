import type { ExtractionRequest } from '../../protocol.js';
import type { Found } from '../found.js';
import { makeTextSink } from '../text-sink.js';
import { Unreadable } from '../unreadable.js';
import { isOpenDocument, readOpenDocument } from './open-document.js';
import { openPackage } from './package.js';

/** In the order in which they are read; notes stand after the text that they belong to. */
const parts = ['word/document.xml', 'word/footnotes.xml', 'word/endnotes.xml', 'word/comments.xml'];

const marks: Readonly<Record<string, string>> = { tab: '\t', br: '\n', cr: '\n' };

/** The paragraphs of a Word document, one a line; what was deleted under revision is not among them. */
export async function readWord({ maxTextBytes }: ExtractionRequest): Promise<Found> {
  const document = await openPackage();
  const sink = makeTextSink(maxTextBytes);
  if (isOpenDocument(document)) {
    await readOpenDocument(document, sink);
    return sink.toFound();
  }
  if (!document.has('word/document.xml')) throw new Unreadable('The document has no text part.');
  for (const part of parts) {
    let isText = false;
    await document.read(part, {
      onOpen(tag) {
        isText = tag === 't';
        if (tag in marks) sink.add(marks[tag] ?? '');
      },
      onText(text) {
        if (isText) sink.add(text);
      },
      onClose(tag) {
        isText = false;
        if (tag === 'p') sink.add('\n');
        if (tag === 'tc') sink.add('\t');
      },
      isDone: sink.isFull,
    });
    sink.add('\n');
  }
  return sink.toFound();
}
