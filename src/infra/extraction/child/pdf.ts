import { readSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { getDocument, PDFDataRangeTransport } from 'pdfjs-dist/legacy/build/pdf.mjs';
import type { PDFDocumentProxy } from 'pdfjs-dist/legacy/build/pdf.mjs';
import type { ExtractionRequest } from '../protocol.js';
import { fileFd } from './file.js';
import type { Found, Tell } from './found.js';
import { maxPixels } from './limits.js';
import { readByOcr } from './ocr.js';
import { picturesOfPages } from './pdf-pictures.js';
import { drawFirstPage } from './pdf-thumbnail.js';
import { makeTextSink, type TextSink } from './text-sink.js';
import { Unreadable } from './unreadable.js';

const damaged = 'The PDF is damaged and could not be read.';
const maxPages = 2000;
const rangeBytes = 256 * 1024;
/** A document with less than this on each page was scanned, or drawn. */
const minLettersPerPage = 8;

/** Reads of the file what is asked for, when it is asked for. */
class FileTransport extends PDFDataRangeTransport {
  override requestDataRange(begin: number, end: number): void {
    const bytes = Buffer.alloc(end - begin);
    const count = readSync(fileFd, bytes, 0, bytes.length, begin);
    // A copy: what is handed over is taken away from us.
    setImmediate(() => this.onDataRange(begin, new Uint8Array(bytes.subarray(0, count))));
  }
}

/** Its text, a picture of its first page, and where it has next to no text, what is written in its pictures. */
export async function readPdf(request: ExtractionRequest, tell: Tell): Promise<Found> {
  const document = await open(request.sizeBytes);
  const pageCount = Math.min(document.numPages, maxPages);
  const found = await readText(document, pageCount, request.maxTextBytes);
  tell(found);
  const thumbnail = await drawFirstPage(document);
  if (thumbnail !== undefined) tell({ thumbnail });
  if (found.text.replace(/\s/g, '').length < minLettersPerPage * pageCount) {
    await readByOcr(request, picturesOfPages(document, pageCount), (scanned) => {
      if ((scanned.text ?? '').length > found.text.length) tell(scanned);
    });
  }
  return {};
}

async function open(sizeBytes: number): Promise<PDFDocumentProxy> {
  const assets = dirname(createRequire(import.meta.url).resolve('pdfjs-dist/package.json'));
  const task = getDocument({
    range: new FileTransport(sizeBytes, null),
    rangeChunkSize: rangeBytes,
    disableAutoFetch: true,
    disableStream: true,
    cMapUrl: join(assets, 'cmaps/'),
    standardFontDataUrl: join(assets, 'standard_fonts/'),
    wasmUrl: join(assets, 'wasm/'),
    isEvalSupported: false,
    disableFontFace: true,
    useSystemFonts: false,
    enableXfa: false,
    maxImageSize: maxPixels,
    verbosity: 0,
  });
  return task.promise.catch((error: unknown) => {
    throw new Unreadable(
      (error as { name?: unknown } | null)?.name === 'PasswordException'
        ? 'The PDF is protected by a password.'
        : damaged,
    );
  });
}

/** Pages that are damaged are left out. Throws `Unreadable` when all of them are. */
async function readText(document: PDFDocumentProxy, pageCount: number, maxTextBytes: number) {
  const sink = makeTextSink(maxTextBytes);
  let hasPages = false;
  for (let number = 1; number <= pageCount && !sink.isFull(); number += 1) {
    const isRead = await readPage(document, number, sink).catch(() => false);
    hasPages ||= isRead;
  }
  if (!hasPages) throw new Unreadable(damaged);
  const found = sink.toFound();
  return { ...found, isTextCut: found.isTextCut || document.numPages > pageCount };
}

async function readPage(document: PDFDocumentProxy, number: number, sink: TextSink): Promise<true> {
  const page = await document.getPage(number);
  const { items } = await page.getTextContent();
  for (const item of items) if ('str' in item) sink.add(item.hasEOL ? `${item.str}\n` : item.str);
  sink.add('\n\n');
  page.cleanup();
  return true;
}
