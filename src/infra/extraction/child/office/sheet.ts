import type { ExtractionRequest } from '../../protocol.js';
import type { Found } from '../found.js';
import { makeTextSink, type TextSink } from '../text-sink.js';
import { Unreadable } from '../unreadable.js';
import { isOpenDocument, readOpenDocument } from './open-document.js';
import { openPackage, type OfficePackage } from './package.js';

const main = 'xl/workbook.xml';
/** Texts that cells share, in memory while the sheets are read. */
const maxSharedBytes = 32 * 2 ** 20;

interface Sheet {
  readonly name: string;
  readonly part: string;
}

/** Each sheet under its name: a line for each row, with tabs between what its cells show. */
export async function readSheet({ maxTextBytes }: ExtractionRequest): Promise<Found> {
  const workbook = await openPackage();
  const sink = makeTextSink(maxTextBytes);
  if (isOpenDocument(workbook)) {
    await readOpenDocument(workbook, sink);
    return sink.toFound();
  }
  if (!workbook.has(main)) throw new Unreadable('The document has no workbook in it.');
  const sheets = await listSheets(workbook);
  const shared = await readShared(workbook);
  for (const { name, part } of sheets) {
    if (sink.isFull()) break;
    sink.add(`${name}\n`);
    await readRows(workbook, part, shared, sink);
    sink.add('\n');
  }
  return sink.toFound();
}

async function listSheets(workbook: OfficePackage): Promise<Sheet[]> {
  const targets = await workbook.readRelations(main);
  const sheets: Sheet[] = [];
  await workbook.read(main, {
    onOpen(tag, { name, id }) {
      const part = tag === 'sheet' && id !== undefined ? targets.get(id) : undefined;
      if (part !== undefined) sheets.push({ name: name ?? '', part });
    },
  });
  return sheets;
}

async function readShared(workbook: OfficePackage): Promise<string[]> {
  const shared: string[] = [];
  let current = '';
  let isText = false;
  let sizeBytes = 0;
  await workbook.read('xl/sharedStrings.xml', {
    onOpen(tag) {
      isText = tag === 't';
      if (tag === 'si') current = '';
    },
    onText(text) {
      if (isText) current += text;
    },
    onClose(tag) {
      isText = false;
      if (tag !== 'si') return;
      shared.push(current);
      sizeBytes += current.length;
    },
    isDone: () => sizeBytes > maxSharedBytes,
  });
  return shared;
}

async function readRows(
  workbook: OfficePackage,
  part: string,
  shared: readonly string[],
  sink: TextSink,
): Promise<void> {
  let type: string | undefined;
  let value = '';
  let isValue = false;
  await workbook.read(part, {
    onOpen(tag, attributes) {
      // `v` is a cell's value, `t` text that stands in the cell itself.
      isValue = tag === 'v' || tag === 't';
      if (tag !== 'c') return;
      type = attributes['t'];
      value = '';
    },
    onText(text) {
      if (isValue) value += text;
    },
    onClose(tag) {
      isValue = false;
      if (tag === 'c') sink.add(`${type === 's' ? (shared[Number(value)] ?? '') : value}\t`);
      if (tag === 'row') sink.add('\n');
    },
    isDone: sink.isFull,
  });
}
