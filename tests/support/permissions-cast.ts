import { makeApi, type Api } from './api.js';
import { seedCast } from './cast.js';
import { newAgent } from './heart.js';
import { token, type TestService } from './service.js';
import { createRole, createSpace, setMember } from './spaces.js';

/** Everybody of docs/permissions.md, by the names of its columns. */
export type PermissionsCast = Readonly<Record<string, Api>>;

export const keptOutAgentUrn = 'urn:agent:kept-out';

/** An organization with everybody in it, and a space that gives some of them roles of its own. */
export async function seedPermissionsCast(service: Pick<TestService, 'url'>) {
  const { admin, alice, aliceElsewhere, bob, agent, otherAgent, account, nobody } = await seedCast(service);
  const signIn = async (...who: Parameters<typeof token>) => makeApi(service.url, await token(...who));
  await admin.get('mutation($urn: ID!) { registerAgent(urn: $urn, name: "Kept out") { urn } }', {
    urn: keptOutAgentUrn,
  });
  const cast: PermissionsCast = {
    admin,
    builder: await signIn('bea', { role: 'builder' }),
    member: bob,
    guest: await signIn('gus', { role: 'guest' }),
    'made admin': await signIn('gina', { role: 'guest' }),
    'made guest': await signIn('adam', { role: 'admin' }),
    adder: await signIn('dora'),
    remover: await signIn('rita'),
    'kept out': await signIn('kim', { role: 'builder' }),
    asked: alice,
    again: aliceElsewhere,
    account: await signIn('cron', { kind: 'service_account' }),
    'admin account': account,
    'member account': await signIn('importer', { kind: 'service_account' }),
    App: agent,
    'other App': otherAgent,
    'App kept out': await newAgent(admin, service.url, keptOutAgentUrn),
    tenant: await signIn('ada', { org: 'globex', role: 'admin' }),
    nobody,
  };
  for (const api of Object.values(cast)) if (api !== nobody) await api.get('{ viewer { id } }');
  const { id: spaceId } = await createSpace(admin, 'Guarded');
  const keptOut = (await createRole(admin, 'Kept out')).id;
  const roles = {
    gina: 'admin',
    adam: 'guest',
    dora: (await createRole(admin, 'Adder', 'ASSETS_CREATE')).id,
    rita: (await createRole(admin, 'Remover', 'ASSETS_READ', 'ASSETS_DELETE')).id,
    kim: keptOut,
    importer: 'member',
    [keptOutAgentUrn]: keptOut,
  };
  for (const [userId, roleId] of Object.entries(roles)) await setMember(admin, spaceId, userId, roleId);
  return { cast, spaceId, people: { admin, alice, agent } };
}
