import type { Sharp } from 'sharp';

export const maxThumbnailSide = 512;

/** WebP, turned as the camera noted; what it noted besides, such as the place, stays behind. */
export function toThumbnail(picture: Sharp): Promise<Buffer> {
  return picture
    .autoOrient()
    .resize(maxThumbnailSide, maxThumbnailSide, { fit: 'inside', withoutEnlargement: true })
    .webp({ quality: 80 })
    .toBuffer();
}
