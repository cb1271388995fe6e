import type { Api, Answer } from './api.js';
import type { AssetFields } from './heart.js';
import { pdf } from './heart.js';

/** Settings under which files of 5 MiB are put in parts, and small parts hold an upload for a minute. */
export const partsEnv = { MULTIPART_FROM_BYTES: String(5 * 2 ** 20), UPLOAD_MIN_LEASE_SECONDS: '60' };

/** Of every part but the last, for files as small as these. */
export const partSizeBytes = 8 * 2 ** 20;

/** Three parts, the last of them small. */
export const bigPdf = (text = 'a long plan') => pdf(text.padEnd(2 * partSizeBytes + 1000, '. '));

export interface PartedUpload {
  id: string;
  status: string;
  expiresAt: string;
  request: null;
  multipart: { partSizeBytes: number; partCount: number; uploadedParts: number[] };
}

const uploadFields =
  'id status expiresAt request { url } multipart { partSizeBytes partCount uploadedParts }';

export async function beginParted(person: Api, promptId: string, file: object): Promise<PartedUpload> {
  const mutation = `mutation($id: ID!, $file: FileInput!) {
    beginPromptUpload(promptId: $id, file: $file) { ${uploadFields} }
  }`;
  const variables = { id: promptId, file };
  return (await person.get<{ beginPromptUpload: PartedUpload }>(mutation, variables)).beginPromptUpload;
}

export async function findUpload(person: Api, id: string): Promise<PartedUpload | null> {
  const query = `query($id: ID!) { upload(id: $id) { ${uploadFields} } }`;
  return (await person.get<{ upload: PartedUpload | null }>(query, { id })).upload;
}

export interface SignedPart {
  partNumber: number;
  request: { method: string; url: string; headers: { name: string; value: string }[]; expiresAt: string };
}

export const presignMutation = `mutation($id: ID!, $parts: [Int!]!) {
  presignUploadParts(uploadId: $id, partNumbers: $parts) {
    partNumber request { method url headers { name value } expiresAt }
  }
}`;

export async function presign(person: Api, id: string, ...parts: number[]): Promise<SignedPart[]> {
  const variables = { id, parts };
  return (await person.get<{ presignUploadParts: SignedPart[] }>(presignMutation, variables))
    .presignUploadParts;
}

/** The bytes of the part with this number. */
export function slice(bytes: Buffer, partNumber: number): Buffer {
  return bytes.subarray((partNumber - 1) * partSizeBytes, partNumber * partSizeBytes);
}

/** Exactly the request that was signed. */
export async function putPart({ request }: SignedPart, body: Buffer): Promise<Response> {
  const headers = Object.fromEntries(request.headers.map(({ name, value }) => [name, value]));
  return fetch(request.url, { method: request.method, headers, body: new Uint8Array(body) });
}

/** Signs and puts these parts of `bytes`, in this order; resolves with what storage answered. */
export async function sendParts(person: Api, id: string, bytes: Buffer, ...parts: number[]) {
  const sent = [];
  for (const signed of await presign(person, id, ...parts)) {
    const response = await putPart(signed, slice(bytes, signed.partNumber));
    if (!response.ok) throw new Error(`PUT ${response.status}: ${await response.text()}`);
    sent.push({ partNumber: signed.partNumber, etag: response.headers.get('etag') ?? '' });
  }
  return sent;
}

export const completePartsMutation = `mutation($id: ID!, $parts: [CompletedPartInput!]) {
  completeUpload(uploadId: $id, parts: $parts) { id filename mimeType sizeBytes sha256 scanStatus }
}`;

export function askToComplete(
  person: Api,
  id: string,
  parts?: object[],
): Promise<Answer<{ completeUpload: AssetFields }>> {
  return person.ask(completePartsMutation, { id, parts });
}
