import DataLoader from 'dataloader';
import { AppError } from '../core/errors.js';
import type { ActorRef, Viewer } from '../core/viewer.js';
import type { Agent } from '../domains/accounts/agent.js';
import type { AgentPolicy } from '../domains/capabilities/capability.js';
import type { Asset } from '../domains/assets/asset.js';
import type { AssetProcessing } from '../domains/processing/processing.js';
import type { Upload } from '../domains/uploads/upload.js';
import type { GraphqlServices } from './context.js';

export type Loaders = ReturnType<typeof makeLoaders>;

/**
 * What fields of many objects ask for one by one, fetched with one query for all that ask at the same moment, within
 * the viewer's organization. Nothing is kept: after a mutation, or in the next event, the answer is the new one.
 */
export function makeLoaders(services: GraphqlServices, viewer: Viewer | null) {
  const { accounts, agents, capabilities, assets, processing, uploads, prompts } = services;

  return lazy({
    /** By URN; null when there is none in the organization. */
    agents: () =>
      batched<string, Agent | null>(async (urns) => {
        const found = await agents.findAgentsByUrn(orgOf(viewer), urns);
        const byUrn = new Map(found.map((agent) => [agent.urn, agent]));
        return urns.map((urn) => byUrn.get(urn) ?? null);
      }),

    /** By the agent's URN. */
    agentPolicies: () =>
      batched<string, AgentPolicy>((urns) => capabilities.listPolicies(orgOf(viewer), urns)),

    /** null when it has none, or is not known. */
    actorNames: () =>
      batched<ActorRef, string | null>(async (actors) => {
        const keyOf = ({ kind, id }: ActorRef) => `${kind} ${id}`;
        const found = await accounts.findActorNames(orgOf(viewer), actors);
        const names = new Map(found.map((actor) => [keyOf(actor), actor.name]));
        return actors.map((actor) => names.get(keyOf(actor)) ?? null);
      }),

    /** By id; null when there is none in the organization. */
    assets: () =>
      batched<string, Asset | null>(async (ids) => {
        const found = await assets.listByIds(orgOf(viewer), ids);
        const byId = new Map(found.map((asset) => [asset.id, asset]));
        return ids.map((id) => byId.get(id) ?? null);
      }),

    processing: () => batched<Asset, AssetProcessing>((asked) => processing.listOf(known(viewer), asked)),

    /** What is written in them; null where there is no text. */
    texts: () => batched<Asset, string | null>((asked) => processing.listTexts(known(viewer), asked)),

    uploadsOfPrompt: () =>
      batched<string, readonly Upload[]>(async (promptIds) => {
        const found = await uploads.listOfPrompts(promptIds);
        return promptIds.map((promptId) => found.filter((upload) => upload.promptId === promptId));
      }),

    /** In the order of the answer; none while there is none. */
    assetsOfPrompt: () =>
      batched<string, readonly Asset[]>(async (promptIds) => {
        const answers = await prompts.listAnswers(promptIds);
        const found = await assets.listByIds(
          orgOf(viewer),
          answers.map(({ assetId }) => assetId),
        );
        const byId = new Map(found.map((asset) => [asset.id, asset]));
        return promptIds.map((id) =>
          answers.filter(({ promptId }) => promptId === id).flatMap(({ assetId }) => byId.get(assetId) ?? []),
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

function orgOf(viewer: Viewer | null): string {
  return known(viewer).orgId;
}

function known(viewer: Viewer | null): Viewer {
  if (viewer === null) throw new AppError('UNAUTHENTICATED', 'Sign in first.');
  return viewer;
}
