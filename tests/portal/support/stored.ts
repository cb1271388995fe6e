import sharp from 'sharp';
import type { Api } from '../../support/api.js';
import { uploadDirect } from '../../support/direct.js';
import { scanned, type AssetFields } from '../../support/heart.js';
import { processed } from '../../support/processing.js';

export interface Stored {
  readonly spaceId: string;
  readonly folderId?: string;
  readonly filename: string;
  readonly mimeType: string;
  readonly bytes: Buffer;
  readonly description?: string;
  readonly execution?: object;
}

/** A file in a space, once its scan has a verdict. */
export async function store(by: Api, { bytes, ...given }: Stored): Promise<AssetFields> {
  const { filename, mimeType, description, ...place } = given;
  const file = { filename, mimeType, sizeBytes: bytes.length, ...(description && { description }) };
  return scanned(by, await uploadDirect(by, { ...place, file }, bytes));
}

/** The same, once it was looked into, too. */
export async function storeProcessed(by: Api, given: Stored): Promise<AssetFields> {
  const asset = await store(by, given);
  await processed(by, asset);
  return asset;
}

/** Plain text of this name. */
export function note(filename: string, text = filename) {
  return { filename, mimeType: 'text/plain', bytes: Buffer.from(text) };
}

/** A picture in two colours, large enough for a thumbnail. */
export function makePicture(width = 640, height = 480): Promise<Buffer> {
  const sun = Buffer.from(
    `<svg width="${height}" height="${height}"><circle cx="50%" cy="50%" r="30%"/></svg>`,
  );
  const background = { r: 230, g: 150, b: 60 };
  return sharp({ create: { width, height, channels: 3, background } })
    .composite([{ input: sun }])
    .jpeg()
    .toBuffer();
}
