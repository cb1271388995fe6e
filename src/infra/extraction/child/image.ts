import sharp from 'sharp';
import type { ExtractionRequest } from '../protocol.js';
import { filePath } from './file.js';
import type { Found } from './found.js';
import { readByOcr } from './ocr.js';
import { toThumbnail } from './thumbnail.js';
import { Unreadable } from './unreadable.js';

/** A picture of this many is 400 MB while it is drawn. */
export const maxPixels = 100_000_000;

export async function readImage(request: ExtractionRequest): Promise<Found> {
  const { width, height, isDecodable } = await measure();
  if (width * height > maxPixels) {
    throw new Unreadable(`The picture has more than ${maxPixels / 1e6} million pixels.`);
  }
  const size = { width, height };
  if (!isDecodable) return size;
  const thumbnail = await toThumbnail(sharp(filePath, { limitInputPixels: maxPixels })).catch(() => {
    throw new Unreadable('The picture is damaged and could not be drawn.');
  });
  const picture = () => sharp(filePath, { limitInputPixels: maxPixels });
  return { ...size, thumbnail, ...(await readByOcr(request, [picture])) };
}

async function measure(): Promise<{ width: number; height: number; isDecodable: boolean }> {
  const metadata = await sharp(filePath, { limitInputPixels: false })
    .metadata()
    .catch(() => {
      throw new Unreadable('The picture is damaged and could not be read.');
    });
  // The decoder of HEIC is not free to ship everywhere: without it, there is a size and no picture.
  const isDecodable = metadata.format !== 'heif' || metadata.compression === 'av1';
  return { ...metadata.autoOrient, isDecodable };
}
