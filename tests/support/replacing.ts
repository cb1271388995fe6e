import type { Adapters } from '../../src/adapters.js';
import type { Scanner } from '../../src/domains/scanning/scanner.js';
import type { Api } from './api.js';
import { sendDirect } from './direct.js';
import { complete, newDownloadUrl, scanned, type AssetFields, type BegunUpload } from './heart.js';
import { samples } from './samples.js';
import { until } from './until.js';

/** What takes an asset's place in these tests: of another type, name and size. */
export const chart = samples['png'] ?? Buffer.alloc(0);
export const chartFile = { filename: 'chart.png', mimeType: 'image/png', sizeBytes: chart.length };

/** A scanner that does `before` each scan. */
export function withScanner(adapters: Adapters, before: () => Promise<void>): Adapters {
  const scanner: Scanner = {
    ...adapters.scanner,
    async scan(...given) {
      await before();
      return adapters.scanner.scan(...given);
    },
  };
  return { ...adapters, scanner };
}

/** Keeps whoever comes waiting, from `shut` to `open`. */
export function makeGate() {
  let opened = Promise.resolve();
  let open = () => {};
  return {
    pass: () => opened,
    shut() {
      opened = new Promise((resolve) => (open = resolve));
    },
    open: () => open(),
  };
}

/** Begun, and its bytes are there. */
export function sendReplacement(
  by: Api,
  spaceId: string,
  replaceAssetId: string,
  bytes: Buffer = chart,
  file: object = chartFile,
): Promise<BegunUpload> {
  return sendDirect(by, { spaceId, replaceAssetId, file }, bytes);
}

/** All of it: begin, put, complete. Resolves with the asset as it was told. */
export async function replace(
  by: Api,
  spaceId: string,
  replaceAssetId: string,
  bytes: Buffer = chart,
  file: object = chartFile,
): Promise<AssetFields> {
  return complete(by, (await sendReplacement(by, spaceId, replaceAssetId, bytes, file)).id);
}

/** The asset once it has other bytes than it had. */
export async function replaced(by: Api, before: AssetFields): Promise<AssetFields> {
  await until(async () => (await scanned(by, before)).sha256 !== before.sha256);
  return scanned(by, before);
}

export async function download(by: Api, asset: { id: string }): Promise<Buffer> {
  const response = await fetch(await newDownloadUrl(by, asset));
  if (!response.ok) throw new Error(`GET ${response.status}`);
  return Buffer.from(await response.arrayBuffer());
}
