import { makeApi, type Api } from './api.js';
import { anotherDevice, enable, newAgent, seedHeart } from './heart.js';
import { token, type TestService } from './service.js';

export const otherAgentUrn = 'urn:agent:scout';

/** Everybody who may try something with a prompt that `agent` of acme put to alice. */
export const actors = [
  'alice',
  'aliceElsewhere',
  'bob',
  'admin',
  'agent',
  'otherAgent',
  'account',
  'aliceOfGlobex',
  'nobody',
] as const;
export type Actor = (typeof actors)[number];
export type Cast = Readonly<Record<Actor, Api>>;

export async function seedCast(service: Pick<TestService, 'url'>): Promise<Cast> {
  const { admin, alice, agent } = await seedHeart(service);
  await admin.get('mutation($urn: ID!) { registerAgent(urn: $urn, name: "Scout") { urn } }', {
    urn: otherAgentUrn,
  });
  await enable(admin, true, otherAgentUrn);
  const signIn = async (...who: Parameters<typeof token>) => makeApi(service.url, await token(...who));
  return {
    alice,
    aliceElsewhere: await anotherDevice(alice),
    bob: await signIn('bob'),
    admin,
    agent,
    otherAgent: await newAgent(admin, service.url, otherAgentUrn),
    account: await signIn('crawler', { kind: 'service_account', role: 'admin' }),
    aliceOfGlobex: await signIn('alice', { org: 'globex' }),
    nobody: makeApi(service.url, ''),
  };
}
