import { AskfileError, createAgentClient } from '../../client/index.js';
import { toEndpoints } from '../../client/endpoint.js';
import { makeExecute } from '../../client/http.js';
import type { Operation } from '../../client/operation.js';
import { demoAgent } from '../../demo/cast.js';

const RegisterAgent: Operation<unknown, { urn: string; name: string }> = {
  name: 'RegisterAgent',
  text: 'mutation RegisterAgent($urn: ID!, $name: String!) { registerAgent(urn: $urn, name: $name) { urn } }',
};
const EnableUpload: Operation<unknown, { urn: string }> = {
  name: 'EnableUpload',
  text: 'mutation EnableUpload($urn: ID!) { setAgentAssetUploadEnabled(agentUrn: $urn, enabled: true) { urn } }',
};
const CreateAppKey: Operation<{ createAppKey: { secret: string } }, { urn: string }> = {
  name: 'CreateAppKey',
  text: 'mutation CreateAppKey($urn: ID!) { createAppKey(agentUrn: $urn, name: "demo") { secret } }',
};

/** What an admin does once: registers the agent, allows it to ask for files, makes it a key. Resolves with the key. */
export async function prepareAgent(
  url: string,
  adminToken: string,
  knownKey: string | undefined,
): Promise<string> {
  const execute = makeExecute({ url: toEndpoints(url).http, token: adminToken, fetch: undefined });
  await execute(RegisterAgent, demoAgent);
  await execute(EnableUpload, { urn: demoAgent.urn });
  if (knownKey !== undefined && (await isAccepted(url, knownKey))) return knownKey;
  return (await execute(CreateAppKey, { urn: demoAgent.urn })).createAppKey.secret;
}

async function isAccepted(url: string, appKey: string): Promise<boolean> {
  try {
    await createAgentClient({ url, appKey }).viewer();
    return true;
  } catch (error) {
    if (error instanceof AskfileError && error.code === 'UNAUTHENTICATED') return false;
    throw error;
  }
}
