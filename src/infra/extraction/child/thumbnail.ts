import type { Sharp } from 'sharp';

const maxSide = 512;

/** WebP, turned as the camera noted; what it noted besides, such as the place, stays behind. */
export function toThumbnail(picture: Sharp): Promise<Buffer> {
  return picture
    .autoOrient()
    .resize(maxSide, maxSide, { fit: 'inside', withoutEnlargement: true })
    .webp({ quality: 80 })
    .toBuffer();
}
