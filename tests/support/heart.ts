import type { TestService } from './service.js';
import { token } from './service.js';
import { makeApi, type Api } from './api.js';
import { until } from './until.js';

export const agentUrn = 'urn:agent:buno';

/** What a prompt looks like in these tests. */
export interface PromptFields {
  id: string;
  version: number;
  status: string;
  reason: string | null;
  note: string | null;
  expiresAt: string;
  hardExpiresAt: string;
}

const promptFields = 'id version status reason note expiresAt hardExpiresAt';

export interface AssetFields {
  id: string;
  urn: string;
  filename: string;
  mimeType: string;
  sizeBytes: number;
  sha256: string | null;
  scanStatus: string;
}

const assetFields = 'id urn filename mimeType sizeBytes sha256 scanStatus';

export interface BegunUpload {
  id: string;
  expiresAt: string;
  request: { url: string; method: string; headers: { name: string; value: string }[] };
}

/** A small file that is what it says. */
export const pdf = (text = 'a business plan') => Buffer.from(`%PDF-1.7\n${text}\n%%EOF\n`);

/** An organization with an admin, a person, and an agent that may ask. */
export async function seedHeart(service: Pick<TestService, 'url'>, org = 'acme') {
  const admin = makeApi(service.url, await token('ada', { org, role: 'admin' }));
  const alice = makeApi(service.url, await token('alice', { org, name: 'Alice' }));
  await alice.get('{ viewer { id } }');
  await admin.get(`mutation($urn: ID!) { registerAgent(urn: $urn, name: "Buno") { urn } }`, {
    urn: agentUrn,
  });
  await enable(admin, true);
  return { admin, alice, agent: await newAgent(admin, service.url) };
}

export async function enable(admin: Api, enabled: boolean, urn = agentUrn): Promise<void> {
  await admin.get(
    'mutation($urn: ID!, $on: Boolean!) { setAgentAssetUploadEnabled(agentUrn: $urn, enabled: $on) { urn } }',
    { urn, on: enabled },
  );
}

export async function newAgent(admin: Api, url: string, urn = agentUrn): Promise<Api> {
  const { createAppKey } = await admin.get<{ createAppKey: { secret: string } }>(
    'mutation($urn: ID!) { createAppKey(agentUrn: $urn, name: "test") { secret } }',
    { urn },
  );
  return makeApi(url, createAppKey.secret);
}

/** The same person on another device: a sign-in of its own. */
export async function anotherDevice({ url }: Api, sub = 'alice', org = 'acme'): Promise<Api> {
  return makeApi(url, await token(sub, { org }));
}

export const requestUploadMutation = `mutation($input: RequestUploadInput!) { requestUpload(input: $input) { ${promptFields} } }`;

export async function request(agent: Api, input: object = {}): Promise<PromptFields> {
  const asked = { userId: 'alice', prompt: 'a copy of your business plan', ...input };
  return (await agent.get<{ requestUpload: PromptFields }>(requestUploadMutation, { input: asked }))
    .requestUpload;
}

export const beginMutation = `mutation($id: ID!, $file: FileInput!, $takeOver: Boolean) {
  beginPromptUpload(promptId: $id, file: $file, takeOver: $takeOver) {
    id expiresAt request { url method headers { name value } }
  }
}`;

export const fileOf = (bytes: Buffer) => ({
  filename: 'plan.pdf',
  mimeType: 'application/pdf',
  sizeBytes: bytes.length,
});

export async function begin(person: Api, id: string, file: object, takeOver = false): Promise<BegunUpload> {
  const variables = { id, file, takeOver };
  return (await person.get<{ beginPromptUpload: BegunUpload }>(beginMutation, variables)).beginPromptUpload;
}

/** Exactly the request that was signed, unless `headers` say otherwise. */
export async function put(
  { request: { url, method, headers } }: BegunUpload,
  bytes: Buffer,
): Promise<Response> {
  return fetch(url, {
    method,
    body: new Uint8Array(bytes),
    headers: Object.fromEntries(headers.map(({ name, value }) => [name, value])),
  });
}

export const completeMutation = `mutation($id: ID!) { completeUpload(uploadId: $id) { ${assetFields} } }`;

export async function complete(person: Api, id: string): Promise<AssetFields> {
  return (await person.get<{ completeUpload: AssetFields }>(completeMutation, { id })).completeUpload;
}

/** All of it: begin, put, complete. */
export async function answer(
  person: Api,
  promptId: string,
  bytes: Buffer = pdf(),
  file: object = fileOf(bytes),
): Promise<AssetFields> {
  const upload = await begin(person, promptId, file);
  const response = await put(upload, bytes);
  if (!response.ok) throw new Error(`PUT ${response.status}: ${await response.text()}`);
  return complete(person, upload.id);
}

/** The asset as it is once its scan has a verdict. */
export async function scanned(
  viewer: Api,
  { id }: { id: string },
  deadlineMs = 15_000,
): Promise<AssetFields> {
  const query = `query($id: ID!) { asset(id: $id) { ${assetFields} } }`;
  const find = async () => (await viewer.get<{ asset: AssetFields }>(query, { id })).asset;
  await until(async () => (await find()).scanStatus !== 'PENDING', deadlineMs);
  return find();
}

export const downloadMutation = `mutation($id: ID!, $ttlSeconds: Int, $disposition: ContentDisposition) {
  createDownloadUrl(assetId: $id, ttlSeconds: $ttlSeconds, disposition: $disposition) { url expiresAt }
}`;

export async function newDownloadUrl(
  viewer: Api,
  { id }: { id: string },
  disposition = 'ATTACHMENT',
): Promise<string> {
  const variables = { id, disposition };
  return (await viewer.get<{ createDownloadUrl: { url: string } }>(downloadMutation, variables))
    .createDownloadUrl.url;
}

export const declineMutation = `mutation($id: ID!, $note: String) { declineUpload(promptId: $id, note: $note) { ${promptFields} } }`;
export const cancelMutation = `mutation($id: ID!) { cancelUploadRequest(promptId: $id) { ${promptFields} } }`;
export const seenMutation =
  'mutation($id: ID!) { markUploadPromptSeen(promptId: $id) { id version status seenAt } }';
export const abortMutation = 'mutation($id: ID!) { abortUpload(uploadId: $id) { id status } }';

export async function getPrompt(viewer: Api, id: string): Promise<PromptFields> {
  const query = `query($id: ID!) { uploadPrompt(id: $id) { ${promptFields} } }`;
  return (await viewer.get<{ uploadPrompt: PromptFields }>(query, { id })).uploadPrompt;
}

export interface ResultFields {
  promptId: string;
  outcome: string;
  reason: string | null;
  note: string | null;
  assets: AssetFields[];
}

export const awaitQuery = `query($id: ID!, $wait: Int) {
  awaitUpload(promptId: $id, waitSeconds: $wait) { promptId outcome reason note assets { ${assetFields} } }
}`;

export async function awaitResult(agent: Api, id: string, wait = 0): Promise<ResultFields | null> {
  return (await agent.get<{ awaitUpload: ResultFields | null }>(awaitQuery, { id, wait })).awaitUpload;
}

export const resultSubscription = `subscription($id: ID!) {
  uploadResult(promptId: $id) { promptId outcome reason note assets { ${assetFields} } }
}`;

export const promptsSubscription = `subscription { uploadPrompts { kind prompts { ${promptFields} } } }`;
export const progressSubscription = `subscription($id: ID!) { uploadPromptProgress(promptId: $id) { ${promptFields} } }`;
