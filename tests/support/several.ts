import type { Api } from './api.js';
import { begin, complete, pdf, put, request, type AssetFields, type BegunUpload } from './heart.js';

/** What a prompt for several files looks like in these tests. */
export interface SeveralFields {
  id: string;
  version: number;
  status: string;
  reason: string | null;
  minFiles: number;
  maxFiles: number;
  uploads: { id: string; status: string; asset: { id: string } | null }[];
  assets: AssetFields[];
}

const severalFields = `id version status reason minFiles maxFiles
  uploads { id status asset { id } } assets { id filename sizeBytes scanStatus }`;

export const submitMutation = `mutation($id: ID!) { submitPromptUploads(promptId: $id) { ${severalFields} } }`;
export const answerWithAssetsMutation = `mutation($id: ID!, $assetIds: [ID!]!) {
  answerWithAssets(promptId: $id, assetIds: $assetIds) { ${severalFields} }
}`;

export async function submit(person: Api, id: string): Promise<SeveralFields> {
  return (await person.get<{ submitPromptUploads: SeveralFields }>(submitMutation, { id }))
    .submitPromptUploads;
}

export async function answerWithAssets(
  person: Api,
  id: string,
  assets: readonly { id: string }[],
): Promise<SeveralFields> {
  const variables = { id, assetIds: assets.map((asset) => asset.id) };
  return (await person.get<{ answerWithAssets: SeveralFields }>(answerWithAssetsMutation, variables))
    .answerWithAssets;
}

export async function getSeveral(viewer: Api, id: string): Promise<SeveralFields> {
  const query = `query($id: ID!) { uploadPrompt(id: $id) { ${severalFields} } }`;
  return (await viewer.get<{ uploadPrompt: SeveralFields }>(query, { id })).uploadPrompt;
}

export const requestSeveral = (agent: Api, input: object = {}) =>
  request(agent, { minFiles: 2, maxFiles: 3, ...input });

export const fileNamed = (filename: string, bytes: Buffer) => ({
  filename,
  mimeType: 'application/pdf',
  sizeBytes: bytes.length,
});

/** Begun, and its bytes are there. */
export async function sent(person: Api, promptId: string, filename = 'a.pdf'): Promise<BegunUpload> {
  const bytes = pdf(filename);
  const upload = await begin(person, promptId, fileNamed(filename, bytes));
  const response = await put(upload, bytes);
  if (!response.ok) throw new Error(`PUT ${response.status}: ${await response.text()}`);
  return upload;
}

/** Sent and complete: it waits to be submitted. */
export async function completed(person: Api, promptId: string, filename = 'a.pdf') {
  const upload = await sent(person, promptId, filename);
  return { upload, asset: await complete(person, upload.id) };
}
