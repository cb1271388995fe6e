import type { Authenticator } from '../auth/authenticate.js';
import { mintToken } from '../auth/mint-token.js';
import { badInput } from '../core/errors.js';
import type { Viewer } from '../core/viewer.js';
import type { Agents } from '../domains/accounts/agent.service.js';
import type { AppKeys } from '../domains/accounts/app-key.service.js';
import type { Capabilities } from '../domains/capabilities/capability.service.js';
import type { Prompts } from '../domains/prompts/prompt.service.js';
import { demoAgent, demoOrg, demoPeople, type DemoPerson } from './cast.js';

export type Demo = ReturnType<typeof makeDemo>;

export interface DemoDeps {
  authenticate: Authenticator['authenticate'];
  agents: Agents;
  appKeys: AppKeys;
  capabilities: Capabilities;
  prompts: Pick<Prompts, 'requestUpload'>;
  /** What tokens are signed with, and what the service checks of them. */
  auth: { readonly jwtSecret: string; readonly issuer: string | null; readonly audience: string | null };
}

export interface ChatMessage {
  readonly person: string;
  readonly conversationId: string;
  readonly text: string;
}

/** How long a sign-in to the demo lasts. */
export const tokenSeconds = 12 * 3600;
const keyName = "The portal's demo agent";

/** An organization to try the service with: three people to sign in as without a password, and an agent. */
export function makeDemo({ authenticate, agents, appKeys, capabilities, prompts, auth }: DemoDeps) {
  let agentKey: Promise<string> | undefined;

  const mint = ({ id, name, role }: DemoPerson) =>
    mintToken({
      secret: auth.jwtSecret,
      sub: id,
      name,
      role,
      org: demoOrg,
      expiresInSeconds: tokenSeconds,
      issuer: auth.issuer ?? undefined,
      audience: auth.audience ?? undefined,
    });

  async function admitBy(credential: string): Promise<Viewer> {
    const viewer = await authenticate(credential);
    if (viewer === null) throw new Error('a credential of the demo was not taken');
    return viewer;
  }

  const admit = async (person: DemoPerson): Promise<Viewer> => admitBy(await mint(person));

  async function admitAdmin(): Promise<Viewer> {
    const admin = demoPeople.find(({ role }) => role === 'admin');
    if (admin === undefined) throw new Error('the demo organization has no admin');
    return admit(admin);
  }

  async function makeAgentKey(): Promise<string> {
    const admin = await admitAdmin();
    // Their secrets went with the processes that made them.
    const earlier = (await appKeys.listAppKeys(admin, demoAgent.urn)).filter(
      ({ name, revokedAt }) => name === keyName && revokedAt === null,
    );
    for (const { id } of earlier) await appKeys.revokeAppKey(admin, id);
    return (await appKeys.createAppKey(admin, { agentUrn: demoAgent.urn, name: keyName })).secret;
  }

  function getAgentKey(): Promise<string> {
    agentKey ??= makeAgentKey();
    // Whoever comes next tries again.
    agentKey.catch(() => (agentKey = undefined));
    return agentKey;
  }

  return {
    people: demoPeople,

    /** Makes the organization, its people and its agent; changes nothing where they are. */
    async seed(): Promise<void> {
      const admin = await admitAdmin();
      await Promise.all(demoPeople.map(admit));
      if ((await agents.findAgent(admin.orgId, demoAgent.urn)) !== undefined) return;
      await agents.registerAgent(admin, demoAgent);
      await capabilities.setAgentAssetUploadEnabled(admin, demoAgent.urn, true);
    },

    /** A token of the person, good for twelve hours; each is a sign-in of its own. Throws BAD_USER_INPUT. */
    async signIn(personId: unknown): Promise<string> {
      const person = demoPeople.find(({ id }) => id === personId);
      if (person === undefined) throw badInput('person', 'Nobody in the demo organization is called that.');
      return mint(person);
    },

    /** An app key of the demo's agent: one for as long as this process runs. */
    getAgentKey,

    /** As the agent of a chat does that gets this message: it asks the person for a file. Throws BAD_USER_INPUT, … */
    async answerMessage({ person, conversationId, text }: ChatMessage): Promise<void> {
      const agent = await admitBy(`Bearer ${await getAgentKey()}`);
      await prompts.requestUpload(agent, { userId: person, conversationId, prompt: text });
    },
  };
}
