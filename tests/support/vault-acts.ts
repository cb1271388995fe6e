import { anew, type Acts, type ActStage } from './acts.js';
import { enable, newAgent } from './heart.js';
import {
  changeMutation,
  encrypt,
  encryptMutation,
  forgetAttempts,
  givenMemory,
  lock,
  lockMutation,
  password,
  unlockMutation,
} from './vault.js';

/** Every mutation of encrypted memories. */
export function makeVaultActs(stage: () => ActStage): Acts {
  const alice = () => stage().people.alice;

  /** A memory of hers with an agent of its own. */
  async function newMemory(): Promise<string> {
    const { backends, url, people } = stage();
    const urn = anew('urn:agent:remembering');
    await forgetAttempts(backends);
    await people.admin.get('mutation($urn: ID!) { registerAgent(urn: $urn, name: "New") { urn } }', { urn });
    await enable(people.admin, true, urn);
    return givenMemory({ alice: people.alice, agent: await newAgent(people.admin, url, urn) });
  }

  async function newEncrypted(): Promise<string> {
    const urn = await newMemory();
    await encrypt(alice(), urn);
    return urn;
  }

  return {
    async changeMemoryPassword() {
      const urn = await newEncrypted();
      const variables = { urn, password, newPassword: stage().canary.repeat(2) };
      return { by: alice(), document: changeMutation, variables, subject: urn, details: {} };
    },
    async encryptMemory() {
      const urn = await newMemory();
      const variables = { urn, password };
      return { by: alice(), document: encryptMutation, variables, subject: urn, details: {} };
    },
    async lockMemory() {
      const urn = await newEncrypted();
      return { by: alice(), document: lockMutation, variables: { urn }, subject: urn, details: {} };
    },
    async unlockMemory() {
      const urn = await newEncrypted();
      await lock(alice(), urn);
      const variables = { urn, password };
      return { by: alice(), document: unlockMutation, variables, subject: urn, details: {} };
    },
  };
}
