import { createCanvas } from '@napi-rs/canvas';
import type { PDFDocumentProxy } from 'pdfjs-dist/legacy/build/pdf.mjs';
import sharp from 'sharp';
import { maxThumbnailSide, toThumbnail } from './thumbnail.js';

/** Of one page; what takes longer has no picture. */
const maxSeconds = 15;

/** The first page; undefined when it could not be drawn. */
export async function drawFirstPage(document: PDFDocumentProxy): Promise<Buffer | undefined> {
  let timer: NodeJS.Timeout | undefined;
  try {
    const page = await document.getPage(1);
    const { width, height } = page.getViewport({ scale: 1 });
    // Twice as large as it is shown: thin lines and small letters are not lost.
    const viewport = page.getViewport({ scale: (2 * maxThumbnailSide) / Math.max(width, height) });
    const canvas = createCanvas(
      Math.max(1, Math.round(viewport.width)),
      Math.max(1, Math.round(viewport.height)),
    );
    // pdfjs names the browser's canvas; it draws on this one as its own factory makes them.
    const drawing = page.render({
      canvas: canvas as unknown as HTMLCanvasElement,
      viewport,
      background: 'white',
    });
    timer = setTimeout(() => drawing.cancel(), maxSeconds * 1000);
    await drawing.promise;
    const raw = { width: canvas.width, height: canvas.height, channels: 4 } as const;
    return await toThumbnail(sharp(canvas.data(), { raw }).removeAlpha());
  } catch {
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}
