import type { ExtractionAnswer, ExtractionRequest } from '../protocol.js';
import type { ProcessingKind } from '../../../domains/processing/processing.js';
import type { Found } from './found.js';

type Reader = (request: ExtractionRequest) => Promise<Found>;

/** Each loads what it needs and no more: a child lives for one file. */
const readers: Readonly<Record<ProcessingKind, Reader>> = {
  IMAGE: async (request) => (await import('./image.js')).readImage(request),
  PDF: async (request) => (await import('./pdf.js')).readPdf(request),
  WORD: async (request) => (await import('./office/word.js')).readWord(request),
  SHEET: async (request) => (await import('./office/sheet.js')).readSheet(request),
  SLIDES: async (request) => (await import('./office/slides.js')).readSlides(request),
  TEXT: async (request) => (await import('./plain-text.js')).readPlainText(request),
  HTML: async (request) => (await import('./html.js')).readHtml(request),
  AUDIO: async () => (await import('./media.js')).readAudio(),
  VIDEO: async (request) => (await import('./media.js')).readVideo(request),
};

export async function extract(request: ExtractionRequest): Promise<ExtractionAnswer> {
  const found = await readers[request.kind](request);
  const { text = '', isTextCut = false, width = null, height = null, durationSeconds = null } = found;
  return {
    text: text.trim() === '' ? null : text,
    isTextCut,
    width,
    height,
    durationSeconds,
    thumbnail: found.thumbnail?.toString('base64') ?? null,
  };
}
