import DataLoader from 'dataloader';
import { AppError } from '../core/errors.js';
import type { ActorRef, Viewer } from '../core/viewer.js';
import type { Agent } from '../domains/accounts/agent.js';
import type { AgentPolicy } from '../domains/capabilities/capability.js';
import type { Asset } from '../domains/assets/asset.js';
import type { Memory } from '../domains/memories/memory.js';
import type { Folder } from '../domains/spaces/folder.js';
import type { Role } from '../domains/spaces/role.js';
import type { SpaceOfViewer } from '../domains/spaces/space-access.js';
import type { NamedMember } from '../domains/spaces/space-member.js';
import type { AssetProcessing } from '../domains/processing/processing.js';
import type { Upload } from '../domains/uploads/upload.js';
import type { GraphqlServices } from './context.js';

export type Loaders = ReturnType<typeof makeLoaders>;

/**
 * What fields of many objects ask for one by one, fetched with one query for all that ask at the same moment, within
 * the viewer's organization. Nothing is kept: after a mutation, or in the next event, the answer is the new one.
 */
export function makeLoaders(services: GraphqlServices, viewer: Viewer | null) {
  const { accounts, agents, spaces, spaceMembers, roles, folders } = services;
  const { capabilities, vaults, assets, processing, uploads, prompts } = services;

  return lazy({
    /** By URN; null when there is none in the organization. */
    agents: () =>
      batched<string, Agent | null>(async (urns) => {
        const found = await agents.findAgentsByUrn(orgOf(viewer), urns);
        const byUrn = new Map(found.map((agent) => [agent.urn, agent]));
        return urns.map((urn) => byUrn.get(urn) ?? null);
      }),

    /** By id; null when there is none that the viewer may see. */
    spaces: () =>
      batched<string, SpaceOfViewer | null>(async (ids) =>
        byId(ids, await spaces.listByIds(signedIn(viewer), ids)),
      ),

    /** Those whom the space names, by name; none where the viewer may not read it. */
    membersOfSpace: () =>
      batched<string, readonly NamedMember[]>(async (spaceIds) => {
        const found = await spaceMembers.listOfSpaces(signedIn(viewer), spaceIds);
        return spaceIds.map((id) => found.filter(({ spaceId }) => spaceId === id));
      }),

    /** By id; null when there is none in the organization. */
    roles: () =>
      batched<string, Role | null>(async (ids) => byId(ids, await roles.listByIds(orgOf(viewer), ids))),

    /** By id; null when there is none in the organization. */
    folders: () =>
      batched<string, Folder | null>(async (ids) => byId(ids, await folders.listByIds(orgOf(viewer), ids))),

    /** By the folder's id, such as `/documents/contracts`; null when there is none. */
    folderPaths: () =>
      batched<string, string | null>(async (ids) => {
        const paths = await folders.listPaths(orgOf(viewer), ids);
        return ids.map((id) => paths.get(id) ?? null);
      }),

    /** By the folder's id, from the space's root down to its parent; none where there is no such folder. */
    folderAncestors: () =>
      batched<string, readonly Folder[]>(async (ids) => {
        const ancestors = await folders.listAncestors(orgOf(viewer), ids);
        return ids.map((id) => ancestors.get(id) ?? []);
      }),

    /** By name; none in a space that keeps the viewer out. */
    rootFoldersOfSpace: () =>
      batched<SpaceOfViewer, readonly Folder[]>(async (asked) => {
        const found = await folders.listInRoots(orgOf(viewer), asked);
        return asked.map(({ id }) => found.filter(({ spaceId }) => spaceId === id));
      }),

    /** By name. */
    foldersOfFolder: () =>
      batched<string, readonly Folder[]>(async (parentIds) => {
        const found = await folders.listInFolders(orgOf(viewer), parentIds);
        return parentIds.map((id) => found.filter(({ parentId }) => parentId === id));
      }),

    /** By the agent's URN. */
    agentPolicies: () =>
      batched<string, AgentPolicy>((urns) => capabilities.listPolicies(orgOf(viewer), urns)),

    /** By the agent's URN; for admins alone. */
    openPromptCounts: () =>
      batched<string, number>((urns) => prompts.countOpenOfAgents(signedIn(viewer), urns)),

    /** null when it has none, or is not known. */
    actorNames: () => batched<ActorRef, string | null>((actors) => accounts.listNames(orgOf(viewer), actors)),

    /** By id; null when there is none that the viewer may read. */
    assets: () =>
      batched<string, Asset | null>(async (ids) =>
        byId(ids, await assets.listReadable(signedIn(viewer), ids)),
      ),

    /** Whether each is unlocked for the viewer. */
    unlockedMemories: () =>
      batched<Memory, boolean>((memories) => vaults.listUnlocked(signedIn(viewer), memories)),

    processing: () => batched<Asset, AssetProcessing>((asked) => processing.listOf(signedIn(viewer), asked)),

    /** What is written in them; null where there is no text. */
    texts: () => batched<Asset, string | null>((asked) => processing.listTexts(signedIn(viewer), asked)),

    /** Those that the viewer may see, in the order of their begin. */
    uploadsOfPrompt: () =>
      batched<string, readonly Upload[]>(async (promptIds) => {
        const found = await uploads.listOfPrompts(signedIn(viewer), promptIds);
        return promptIds.map((promptId) => found.filter((upload) => upload.promptId === promptId));
      }),

    /** In the order of the answer; none while there is none. */
    assetsOfPrompt: () =>
      batched<string, readonly Asset[]>(async (promptIds) => {
        const answers = await prompts.listAnswers(promptIds);
        const found = await assets.listShown(
          signedIn(viewer),
          answers.map(({ assetId }) => assetId),
        );
        const assetsById = new Map(found.map((asset) => [asset.id, asset]));
        return promptIds.map((id) =>
          answers
            .filter(({ promptId }) => promptId === id)
            .flatMap(({ assetId }) => assetsById.get(assetId) ?? []),
        );
      }),
  });
}

/** Each made when it is first asked for: most operations need none, and each costs an idle subscription memory. */
function lazy<Makers extends Readonly<Record<string, () => unknown>>>(
  makers: Makers,
): { readonly [Name in keyof Makers]: ReturnType<Makers[Name]> } {
  const made = new Map<PropertyKey, unknown>();
  // What the handler gives for a name is what that name's maker makes.
  return new Proxy(makers, {
    get(target, name: string) {
      if (!made.has(name)) made.set(name, target[name]?.());
      return made.get(name);
    },
  }) as never;
}

function batched<Key, Value>(
  load: (keys: readonly Key[]) => Promise<readonly Value[]>,
): DataLoader<Key, Value> {
  return new DataLoader(load, { cache: false, maxBatchSize: 1000 });
}

/** In the order of the ids. */
function byId<T extends { readonly id: string }>(ids: readonly string[], found: readonly T[]): (T | null)[] {
  const known = new Map(found.map((one) => [one.id, one]));
  return ids.map((id) => known.get(id) ?? null);
}

function signedIn(viewer: Viewer | null): Viewer {
  if (viewer === null) throw new AppError('UNAUTHENTICATED', 'Sign in first.');
  return viewer;
}

function orgOf(viewer: Viewer | null): string {
  return signedIn(viewer).orgId;
}
