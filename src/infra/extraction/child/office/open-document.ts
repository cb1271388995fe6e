import type { TextSink } from '../text-sink.js';
import { Unreadable } from '../unreadable.js';
import type { OfficePackage } from './package.js';

/** Where OpenDocument (ODF) keeps all of its content. */
const content = 'content.xml';

/** Paragraphs and headings are lines; cells are set apart by tabs. */
const marks: Readonly<Record<string, string>> = { tab: '\t', 'line-break': '\n', s: ' ' };
const ends: Readonly<Record<string, string>> = { p: '\n', h: '\n', page: '\n', table: '\n' };
/** What was deleted under revision, and what only the program needs. */
const hidden = new Set(['tracked-changes', 'forms', 'scripts']);

export const isOpenDocument = (document: OfficePackage): boolean => document.has(content);

/** The text of a document, a workbook or a presentation as it reads from top to bottom. */
export async function readOpenDocument(document: OfficePackage, sink: TextSink): Promise<void> {
  let hiddenDepth = 0;
  let paragraphDepth = 0;
  /** null: outside of cells. */
  let paragraphsInCell: number | null = null;
  await assertReadable(document);
  await document.read(content, {
    onOpen(tag) {
      if (hidden.has(tag)) hiddenDepth += 1;
      if (tag === 'table-cell') paragraphsInCell = 0;
      if (tag === 'p' || tag === 'h') {
        paragraphDepth += 1;
        if (paragraphsInCell !== null && paragraphsInCell++ > 0) sink.add(' ');
      }
      if (paragraphDepth > 0 && hiddenDepth === 0) sink.add(marks[tag] ?? '');
    },
    onText(text) {
      if (paragraphDepth > 0 && hiddenDepth === 0) sink.add(text.replace(/\s+/g, ' '));
    },
    onClose(tag) {
      if (hidden.has(tag)) hiddenDepth -= 1;
      if (tag === 'p' || tag === 'h') paragraphDepth -= 1;
      if (tag === 'table-cell') {
        paragraphsInCell = null;
        sink.add('\t');
      } else if (tag === 'table-row') sink.add('\n');
      else if (paragraphsInCell === null && hiddenDepth === 0) sink.add(ends[tag] ?? '');
    },
    isDone: sink.isFull,
  });
}

async function assertReadable(document: OfficePackage): Promise<void> {
  await document.read('META-INF/manifest.xml', {
    onOpen(tag) {
      if (tag === 'encryption-data') throw new Unreadable('The document is protected by a password.');
    },
  });
}
