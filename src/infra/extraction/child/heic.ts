import { readSync } from 'node:fs';
import { createRequire } from 'node:module';
import sharp, { type Sharp } from 'sharp';
import { fileFd } from './file.js';

/** What libheif, compiled to WebAssembly, offers of itself; it comes without types for this. */
interface Libheif {
  readonly HeifDecoder: new () => { decode(bytes: Uint8Array): readonly HeifImage[] };
}

interface HeifImage {
  is_primary(): boolean;
  get_width(): number;
  get_height(): number;
  /** Fills in RGBA, turned as the file says. null when it could not. */
  display(into: Pixels, onDone: (filled: Pixels | null) => void): void;
}

interface Pixels {
  readonly data: Uint8ClampedArray;
  readonly width: number;
  readonly height: number;
}

/** It is read as a whole, into the memory of this process. */
const maxSizeBytes = 128 * 2 ** 20;

/** The main picture; undefined when there is none that can be drawn. */
export async function decodeHeic(sizeBytes: number): Promise<Sharp | undefined> {
  if (sizeBytes > maxSizeBytes) return undefined;
  const bytes = Buffer.alloc(sizeBytes);
  const count = readSync(fileFd, bytes, 0, sizeBytes, 0);
  const { HeifDecoder } = createRequire(import.meta.url)('libheif-js/wasm-bundle') as Libheif; // see above
  const images = new HeifDecoder().decode(bytes.subarray(0, count));
  const image = images.find((candidate) => candidate.is_primary()) ?? images[0];
  if (image === undefined) return undefined;
  const [width, height] = [image.get_width(), image.get_height()];
  const pixels = { data: new Uint8ClampedArray(width * height * 4), width, height };
  const filled = await new Promise<Pixels | null>((resolve) => image.display(pixels, resolve));
  return filled === null ? undefined : sharp(filled.data, { raw: { width, height, channels: 4 } });
}
