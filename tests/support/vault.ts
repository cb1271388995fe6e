import type { Api } from './api.js';
import { request } from './heart.js';
import type { TestBackends } from './service.js';
import { rows } from './state.js';

export interface MemoryFields {
  urn: string;
  userId: string;
  agent: { urn: string };
  encrypted: boolean;
  unlocked: boolean;
}

const fields = 'urn userId agent { urn } encrypted unlocked';

export const lockedMessage =
  'This conversation needs your password to unlock your private memory before it can continue. Please re-enter your password and try again.';

export const password = 'correct horse battery staple';

export const encryptMutation = `mutation($urn: ID!, $password: String!) { encryptMemory(urn: $urn, password: $password) { ${fields} } }`;
export const unlockMutation = `mutation($urn: ID!, $password: String!) { unlockMemory(urn: $urn, password: $password) { ${fields} } }`;
export const lockMutation = `mutation($urn: ID!) { lockMemory(urn: $urn) { ${fields} } }`;
export const changeMutation = `mutation($urn: ID!, $password: String!, $newPassword: String!) {
  changeMemoryPassword(urn: $urn, password: $password, newPassword: $newPassword) { ${fields} }
}`;

/** A memory of alice: there is one as soon as the agent has asked her for something. */
export async function givenMemory({ alice, agent }: { alice: Api; agent: Api }): Promise<string> {
  const { id } = await request(agent);
  const { uploadPrompt } = await alice.get<{ uploadPrompt: { memoryUrn: string } }>(
    'query($id: ID!) { uploadPrompt(id: $id) { memoryUrn } }',
    { id },
  );
  await alice.get('mutation($id: ID!) { declineUpload(promptId: $id) { id } }', { id });
  return uploadPrompt.memoryUrn;
}

export async function encrypt(by: Api, urn: string, with_ = password): Promise<MemoryFields> {
  return (await by.get<{ encryptMemory: MemoryFields }>(encryptMutation, { urn, password: with_ }))
    .encryptMemory;
}

export async function unlock(by: Api, urn: string, with_ = password): Promise<MemoryFields> {
  return (await by.get<{ unlockMemory: MemoryFields }>(unlockMutation, { urn, password: with_ }))
    .unlockMemory;
}

export async function lock(by: Api, urn: string): Promise<MemoryFields> {
  return (await by.get<{ lockMemory: MemoryFields }>(lockMutation, { urn })).lockMemory;
}

export async function changePassword(
  by: Api,
  urn: string,
  newPassword: string,
  from = password,
): Promise<MemoryFields> {
  const variables = { urn, password: from, newPassword };
  return (await by.get<{ changeMemoryPassword: MemoryFields }>(changeMutation, variables))
    .changeMemoryPassword;
}

export async function findMemory(by: Api, urn: string): Promise<MemoryFields | null> {
  const query = `query($urn: ID!) { memory(urn: $urn) { ${fields} } }`;
  return (await by.get<{ memory: MemoryFields | null }>(query, { urn })).memory;
}

/** As if ten minutes had passed. */
export async function forgetAttempts(backends: TestBackends): Promise<void> {
  await rows(backends, 'delete from unlock_attempts');
}

export interface AuditRow {
  readonly action: string;
  readonly subject: string;
  readonly details: Record<string, unknown>;
}

/** What the audit log says of the memory, the oldest first. */
export function auditOf(backends: TestBackends, urn: string): Promise<AuditRow[]> {
  return rows<AuditRow>(
    backends,
    'select action, subject, details from audit_entries where subject = $1 order by at, id',
    [urn],
  );
}
