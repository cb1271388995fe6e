import sharp, { type Metadata, type Sharp } from 'sharp';
import type { ExtractionRequest } from '../protocol.js';
import { probeVideo } from './ffmpeg.js';
import { filePath } from './file.js';
import type { Found, Tell } from './found.js';
import { decodeHeic } from './heic.js';
import { maxPixels } from './limits.js';
import { readByOcr } from './ocr.js';
import { toThumbnail } from './thumbnail.js';
import { Unreadable } from './unreadable.js';

/** What is damaged is drawn as far as it goes, as everybody else does. */
const options = { failOn: 'none', limitInputPixels: maxPixels } as const;

/** Its size, a smaller one, and what is written in it. */
export async function readImage(request: ExtractionRequest, tell: Tell): Promise<Found> {
  const metadata = await sharp(filePath, { ...options, limitInputPixels: false })
    .metadata()
    .catch(() => undefined);
  if (metadata === undefined) return readSequence(request);
  const size = metadata.autoOrient;
  if (size.width * size.height > maxPixels) {
    throw new Unreadable(`The picture has more than ${maxPixels / 1e6} million pixels.`);
  }
  const open = await toOpen(request, metadata, () => tell(size));
  if (open === undefined) return size;
  const thumbnail = await toThumbnail(open()).catch(() => {
    throw new Unreadable('The picture is damaged and could not be drawn.');
  });
  tell({ ...size, thumbnail });
  await readByOcr(request, [open], tell);
  return {};
}

/** How the picture is had, from its beginning each time; undefined where it can only be measured. */
async function toOpen(
  { sizeBytes }: ExtractionRequest,
  { format, compression }: Metadata,
  onMeasured: () => void,
): Promise<(() => Sharp) | undefined> {
  // The decoder of HEVC is not free to ship with sharp.
  if (format !== 'heif' || compression === 'av1') return () => sharp(filePath, options);
  onMeasured();
  const picture = await decodeHeic(sizeBytes);
  return picture && (() => picture.clone());
}

/** Pictures that move, in the container of films: sharp does not know them. */
async function readSequence(request: ExtractionRequest): Promise<Found> {
  const { width, height, thumbnail } = (await probeVideo(request)) ?? {};
  if (width === undefined || height === undefined) {
    throw new Unreadable('The picture is damaged and could not be read.');
  }
  return { width, height, ...(thumbnail && { thumbnail }) };
}
