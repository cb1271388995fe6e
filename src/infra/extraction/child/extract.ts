import type { ExtractionAnswer, ExtractionRequest } from '../protocol.js';
import type { ProcessingKind } from '../../../domains/processing/processing.js';
import type { Found, Tell } from './found.js';

type Reader = (request: ExtractionRequest, tell: Tell) => Promise<Found>;

/** Each loads what it needs and no more: a child lives for one file. */
const readers: Readonly<Record<ProcessingKind, Reader>> = {
  IMAGE: async (request, tell) => (await import('./image.js')).readImage(request, tell),
  PDF: async (request, tell) => (await import('./pdf.js')).readPdf(request, tell),
  WORD: async (request) => (await import('./office/word.js')).readWord(request),
  SHEET: async (request) => (await import('./office/sheet.js')).readSheet(request),
  SLIDES: async (request) => (await import('./office/slides.js')).readSlides(request),
  TEXT: async (request) => (await import('./plain-text.js')).readPlainText(request),
  HTML: async (request) => (await import('./html.js')).readHtml(request),
  AUDIO: async (request) => (await import('./media.js')).readAudio(request),
  VIDEO: async (request) => (await import('./media.js')).readVideo(request),
};

/** Says what it finds as soon as it is certain. Throws `Unreadable`, or whatever a parser throws. */
export async function extract(
  request: ExtractionRequest,
  say: (answer: ExtractionAnswer) => void,
): Promise<void> {
  const tell: Tell = (found) => say(toAnswer(found));
  tell(await readers[request.kind](request, tell));
}

function toAnswer({ text, thumbnail, ...rest }: Found): ExtractionAnswer {
  return {
    ...rest,
    ...(text !== undefined && { text: text.trim() === '' ? null : text }),
    ...(thumbnail !== undefined && { thumbnail: thumbnail.toString('base64') }),
  };
}
