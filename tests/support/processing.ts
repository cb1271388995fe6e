import type { Api } from './api.js';
import { answer, request, scanned, type AssetFields } from './heart.js';
import { until } from './until.js';

export interface ProcessingFields {
  status: string;
  error: string | null;
  text: string | null;
  width: number | null;
  height: number | null;
  durationSeconds: number | null;
  hasThumbnail: boolean;
}

export const processingFields = 'status error text width height durationSeconds hasThumbnail';

export async function getProcessing(viewer: Api, { id }: { id: string }): Promise<ProcessingFields> {
  const query = `query($id: ID!) { asset(id: $id) { processing { ${processingFields} } } }`;
  return (await viewer.get<{ asset: { processing: ProcessingFields } }>(query, { id })).asset.processing;
}

/** As it is once nothing waits. */
export async function processed(viewer: Api, asset: { id: string }): Promise<ProcessingFields> {
  await scanned(viewer, asset);
  await until(async () => (await getProcessing(viewer, asset)).status !== 'PENDING', 25_000);
  return getProcessing(viewer, asset);
}

/** Any file, as alice's answer to a prompt that takes it. */
export async function upload(
  { agent, alice }: { agent: Api; alice: Api },
  filename: string,
  mimeType: string,
  bytes: Buffer,
): Promise<AssetFields> {
  const { id } = await request(agent, { allowedMimeTypes: [mimeType] });
  return answer(alice, id, bytes, { filename, mimeType, sizeBytes: bytes.length });
}

export const thumbnailMutation = `mutation($id: ID!, $disposition: ContentDisposition) {
  createDownloadUrl(assetId: $id, variant: THUMBNAIL, disposition: $disposition) { url }
}`;

export async function downloadThumbnail(viewer: Api, { id }: { id: string }): Promise<Response> {
  const variables = { id, disposition: 'INLINE' };
  const { createDownloadUrl } = await viewer.get<{ createDownloadUrl: { url: string } }>(
    thumbnailMutation,
    variables,
  );
  return fetch(createDownloadUrl.url);
}
