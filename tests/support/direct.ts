import type { Api } from './api.js';
import { complete, fileOf, pdf, put, type AssetFields, type BegunUpload } from './heart.js';

export const beginDirectMutation = `mutation($input: BeginUploadInput!) {
  beginUpload(input: $input) { id expiresAt request { url method headers { name value } } }
}`;

export async function beginDirect(by: Api, input: object): Promise<BegunUpload> {
  return (await by.get<{ beginUpload: BegunUpload }>(beginDirectMutation, { input })).beginUpload;
}

export interface DirectInput {
  spaceId: string;
  folderId?: string;
  file?: object;
  execution?: object;
  replaceAssetId?: string;
}

/** Begun, and its bytes are there. */
export async function sendDirect(by: Api, input: DirectInput, bytes: Buffer = pdf()): Promise<BegunUpload> {
  const upload = await beginDirect(by, { file: fileOf(bytes), ...input });
  const response = await put(upload, bytes);
  if (!response.ok) throw new Error(`PUT ${response.status}: ${await response.text()}`);
  return upload;
}

/** All of it: begin, put, complete. */
export async function uploadDirect(by: Api, input: DirectInput, bytes: Buffer = pdf()): Promise<AssetFields> {
  return complete(by, (await sendDirect(by, input, bytes)).id);
}
