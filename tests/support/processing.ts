import type { Api } from './api.js';
import { answer, request, scanned, type AssetFields } from './heart.js';
import type { TestBackends } from './service.js';
import { rows } from './state.js';
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
  await until(async () => (await getProcessing(viewer, asset)).status !== 'PENDING');
  return getProcessing(viewer, asset);
}

/** No reading is under way, nor waits: what cleans up after readings may be hurried from then on. */
export async function whenRead(backends: TestBackends): Promise<void> {
  await until(async () => {
    const left = await rows(
      backends,
      `select from pgboss.job where name = 'process-asset' and state in ('created', 'retry', 'active')`,
    );
    return left.length === 0;
  });
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
