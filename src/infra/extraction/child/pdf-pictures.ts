import sharp, { type Sharp } from 'sharp';
import { OPS } from 'pdfjs-dist/legacy/build/pdf.mjs';
import type { PDFDocumentProxy, PDFPageProxy } from 'pdfjs-dist/legacy/build/pdf.mjs';
import { maxPixels } from './limits.js';

/** A page is one picture when it was scanned; reading each takes a second. */
const maxPages = 20;

/** As pdfjs unpacks it: rows of bits, of grey, of RGB or RGBA. */
interface UnpackedPicture {
  readonly width: number;
  readonly height: number;
  /** 1: one bit a pixel. 2: RGB. 3: RGBA. */
  readonly kind: number;
  readonly data: Uint8ClampedArray;
}

/** The largest picture of each of the first pages. */
export async function* picturesOfPages(
  document: PDFDocumentProxy,
  pageCount: number,
): AsyncGenerator<() => Sharp, void> {
  for (let number = 1; number <= Math.min(pageCount, maxPages); number += 1) {
    const page = await document.getPage(number);
    const pictures = await listPictures(page);
    const [largest] = pictures.toSorted((a, b) => b.width * b.height - a.width * a.height);
    if (largest !== undefined) yield () => toSharp(largest);
    page.cleanup();
  }
}

async function listPictures(page: PDFPageProxy): Promise<UnpackedPicture[]> {
  const { fnArray, argsArray } = await page.getOperatorList();
  const names = fnArray.flatMap((operation, index) =>
    operation === OPS.paintImageXObject ? [String((argsArray as unknown[][])[index]?.[0])] : [],
  );
  const pictures = await Promise.all(
    [...new Set(names)].map(
      (name) =>
        new Promise<unknown>((resolve) => {
          const holder = name.startsWith('g_') ? page.commonObjs : page.objs;
          holder.get(name, resolve);
        }),
    ),
  );
  return pictures.filter(isPicture);
}

function isPicture(value: unknown): value is UnpackedPicture {
  // pdfjs does not say what it resolves with; null where it could not be unpacked.
  const { width, height, kind, data } = (value ?? {}) as Partial<UnpackedPicture>;
  if (width === undefined || height === undefined || data === undefined || width * height > maxPixels)
    return false;
  return data.length >= bytesPerRow(width, kind) * height;
}

function bytesPerRow(width: number, kind: number | undefined): number {
  if (kind === 1) return Math.ceil(width / 8);
  return width * (kind === 2 ? 3 : 4);
}

function toSharp({ width, height, kind, data }: UnpackedPicture): Sharp {
  if (kind === 1) return sharp(spreadBits(data, width, height), { raw: { width, height, channels: 1 } });
  return sharp(Buffer.from(data.buffer, data.byteOffset, data.byteLength), {
    raw: { width, height, channels: kind === 2 ? 3 : 4 },
  });
}

/** A byte for each bit: 1 is white. */
function spreadBits(data: Uint8ClampedArray, width: number, height: number): Buffer {
  const grey = Buffer.alloc(width * height);
  const rowBytes = Math.ceil(width / 8);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const bits = data[y * rowBytes + (x >> 3)] ?? 0;
      grey[y * width + x] = (bits >> (7 - (x & 7))) & 1 ? 255 : 0;
    }
  }
  return grey;
}
