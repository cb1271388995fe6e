import type { Act, ActStage, Look } from './acts.js';
import { actBytes, actFile, anew } from './acts.js';
import type { Api } from './api.js';
import { beginDirect, sendDirect } from './direct.js';
import {
  agentUrn,
  abortMutation,
  begin,
  complete,
  completeMutation,
  downloadMutation,
  put,
  request,
  requestUploadMutation,
  type AssetFields,
} from './heart.js';
import { makeHeartActs } from './heart-acts.js';
import { presignMutation } from './parts.js';
import { describeMutation, makeSpaceActs, moveMutation, newSpaceFile, renameMutation } from './space-acts.js';
import { createFolder, createRole, type FolderFields } from './spaces.js';
import { beginDirectMutation } from './direct.js';
import { makeVaultActs } from './vault-acts.js';
import { deleteAssets, deleteMutation, givenAsset, purgeMutation, restoreMutation } from './trash.js';

/** What somebody tries something with: one for all who are refused, and another for each who is not. */
export interface Subject {
  readonly variables: object;
  /** Asks for what is to be seen in the answer; the operation with the scalars of its answer unless given. */
  readonly document?: string;
  /** What is in the answer of whoever may see it, and in nobody else's. */
  readonly sees?: string;
  /** Makes the news that a subscription tells. */
  readonly happens?: () => Promise<unknown>;
  /** Nothing is changed for the next one. */
  readonly changesNothing?: boolean;
}

/** By the name of its row in docs/permissions.md: a name of the schema, and what it is of where that matters. */
export type Subjects = Readonly<Record<string, () => Promise<Subject>>>;

/** `spaceId` is the one that gives roles of its own; the stage has another time for it. */
export function makeSubjects(stage: () => Required<ActStage>): Subjects {
  const admin = () => stage().people.admin;
  const alice = () => stage().people.alice;
  const agent = () => stage().people.agent;
  const ask = () => request(agent());
  const newFolder = () => createFolder(admin(), stage().spaceId, anew('folder'));

  /** The same for each in the row, for nobody changes it. */
  const seen = (variables: object, sees: string, document?: string): Subject => ({
    ...{ variables, sees, changesNothing: true },
    ...(document !== undefined && { document }),
  });
  const seenById = ({ id }: { id: string }): Subject => seen({ id }, id);

  /** A list of what is in one thing, in which `sees` is. */
  const within = (type: 'space' | 'folder', id: string, selection: string, sees: string): Subject =>
    seen({ id }, sees, `query($id: ID!) { ${type}(id: $id) { ${selection} } }`);

  const ofTheAgent = (selection: string, sees: string): Subject =>
    seen({ urn: agentUrn }, sees, `query($urn: ID!) { agent(urn: $urn) { ${selection} } }`);
  const ofOrganization = (selection: string, sees: string): Subject =>
    seen({}, sees, `{ viewer { organization { ${selection} } } }`);

  const ofPrompt = (id: string, selection: string, sees: string): Subject =>
    seen({ id }, sees, `query($id: ID!) { uploadPrompt(id: $id) { uploads { ${selection} } } }`);

  async function handedOver(): Promise<{ promptId: string; uploadId: string }> {
    const { id: promptId } = await ask();
    const upload = await begin(alice(), promptId, actFile(stage()));
    await put(upload, actBytes);
    await complete(alice(), upload.id);
    return { promptId, uploadId: upload.id };
  }

  const spaceFile = () => newSpaceFile(stage(), stage().spaceId);
  const memoryFile = () => givenAsset(stage().people);
  const deleted = async ({ id }: { id: string }) => {
    await deleteAssets(admin(), id);
    return { id };
  };
  const directly = (rest: object = {}) => ({ spaceId: stage().spaceId, file: actFile(stage()), ...rest });
  const memoryUrnOf = ({ urn }: AssetFields) => urn.replace(/:assets:.*/, '');

  async function ended(): Promise<string> {
    const { id } = await ask();
    await agent().get('mutation($id: ID!) { cancelUploadRequest(promptId: $id) { id } }', { id });
    return id;
  }

  async function newAppKeyId(): Promise<string> {
    const { createAppKey } = await admin().get<{ createAppKey: { appKey: { id: string } } }>(
      'mutation($urn: ID!) { createAppKey(agentUrn: $urn, name: "seen") { appKey { id } } }',
      { urn: agentUrn },
    );
    return createAppKey.appKey.id;
  }

  async function auditEntryOf({ id }: FolderFields): Promise<string> {
    const { auditLog } = await admin().get<{ auditLog: { nodes: { id: string }[] } }>(
      'query($id: ID!) { auditLog(subject: $id) { nodes { id } } }',
      { id },
    );
    return auditLog.nodes[0]?.id ?? '';
  }

  /** Of one space or memory, told when a file in it is described anew. */
  const events = (of: object, by: Api, { id }: AssetFields): Subject => ({
    ...seen(of, id),
    happens: () => by.get(describeMutation, { id, text: anew('news') }),
  });

  const acts: Readonly<Record<string, () => Promise<Act | Look>>> = {
    ...makeSpaceActs(stage),
    ...makeHeartActs(stage),
    ...makeVaultActs(stage),
  };
  const ofActs = Object.entries(acts).map(([action, prepare]) => {
    const toSubject = async (): Promise<Subject> => {
      const act = await prepare();
      return {
        document: act.document,
        variables: act.variables,
        changesNothing: 'changesNothing' in act,
      };
    };
    return [`Mutation.${action}`, toSubject] as const;
  });

  return {
    ...Object.fromEntries(ofActs),

    // The organization.
    'Query.viewer': () => Promise.resolve({ variables: {}, changesNothing: true }),
    'Query.agent': () => Promise.resolve(ofTheAgent('urn', agentUrn)),
    'Agent.openPromptCount': () => Promise.resolve(ofTheAgent('openPromptCount', '"openPromptCount"')),
    'Organization.people': () => Promise.resolve(ofOrganization('people { nodes { id } }', '"alice"')),
    'Organization.uploadLimits': () =>
      Promise.resolve(ofOrganization('uploadLimits { maxSizeBytes }', '"maxSizeBytes"')),
    'StorageUsage.byType': () => Promise.resolve(ofOrganization('storage { byType { type } }', '"byType":[')),
    'Query.appKeys': async () => seen({}, await newAppKeyId()),
    'Query.auditLog': async () => {
      const folder = await newFolder();
      return seen({ subject: folder.id }, await auditEntryOf(folder));
    },
    'Query.roles': async () => seen({}, (await createRole(admin(), anew('Seen'))).id),
    'Query.node (a role)': async () => seenById(await createRole(admin(), anew('Seen'))),
    'Query.node (an app key)': async () => seenById({ id: await newAppKeyId() }),
    'Query.node (an audit entry)': async () => seenById({ id: await auditEntryOf(await newFolder()) }),
    'StorageUsage.bySpace (of all memories)': () =>
      Promise.resolve(
        seen(
          {},
          '"space":null',
          '{ viewer { organization { storage { bySpace { usedBytes space { id } } } } } }',
        ),
      ),

    // A space, its folders and its files.
    'Organization.spaces': () =>
      Promise.resolve(seen({}, stage().spaceId, '{ viewer { organization { spaces { id } } } }')),
    'StorageUsage.bySpace (of a space)': async () => {
      await spaceFile();
      const document = '{ viewer { organization { storage { bySpace { space { id } } } } } }';
      return seen({}, stage().spaceId, document);
    },
    'Query.space': () => Promise.resolve(seenById({ id: stage().spaceId })),
    'Query.node (a space)': () => Promise.resolve(seenById({ id: stage().spaceId })),
    'Space.members': () =>
      Promise.resolve(within('space', stage().spaceId, 'members { userId }', 'importer')),
    'Space.rootFolders': async () => {
      const { id } = await newFolder();
      return within('space', stage().spaceId, 'rootFolders { id }', id);
    },
    'Space.assets': async () => {
      const { id } = await spaceFile();
      return within('space', stage().spaceId, 'assets { nodes { id } }', id);
    },
    'Query.folder': async () => seenById(await newFolder()),
    'Query.folder (by its path)': async () => {
      const { id, path } = await newFolder();
      return seen({ spaceId: stage().spaceId, path }, id);
    },
    'Query.node (a folder)': async () => seenById(await newFolder()),
    'Folder.ancestors': async () => {
      const parent = await newFolder();
      const { id } = await createFolder(admin(), stage().spaceId, anew('child'), parent.id);
      return within('folder', id, 'ancestors { id }', parent.id);
    },
    'Folder.folders': async () => {
      const parent = await newFolder();
      const { id } = await createFolder(admin(), stage().spaceId, anew('child'), parent.id);
      return within('folder', parent.id, 'folders { id }', id);
    },
    'Folder.assets': async () => {
      const { id: folderId } = await newFolder();
      const { id } = await spaceFile();
      await admin().get(moveMutation, { id, folderId });
      return within('folder', folderId, 'assets { nodes { id } }', id);
    },
    'Query.assets': async () => seen({}, (await spaceFile()).id),
    'Query.assets (of a space)': async () =>
      seen({ filter: { spaceId: stage().spaceId } }, (await spaceFile()).id),
    'Query.assets (of a folder)': async () => {
      const { id: folderId } = await newFolder();
      const { id } = await spaceFile();
      await admin().get(moveMutation, { id, folderId });
      return seen({ filter: { folderId } }, id);
    },
    'Query.asset (in a space)': async () => seenById(await spaceFile()),
    'Query.asset (in a space, by its URN)': async () => {
      const { id, urn } = await spaceFile();
      return seen({ urn }, id);
    },
    'Query.asset (in a space, in the trash)': async () => seenById(await deleted(await spaceFile())),
    'Query.node (a file in a space)': async () => seenById(await spaceFile()),
    'Subscription.assetEvents (of a space)': async () =>
      events({ spaceId: stage().spaceId }, admin(), await spaceFile()),
    'Mutation.createDownloadUrl (in a space)': async () => ({
      variables: { id: (await spaceFile()).id },
      document: downloadMutation,
      changesNothing: true,
    }),
    'Mutation.deleteAssets (in a space)': async () => ({
      variables: { ids: [(await spaceFile()).id] },
      document: deleteMutation,
    }),
    'Mutation.restoreAsset (in a space)': async () => ({
      variables: await deleted(await spaceFile()),
      document: restoreMutation,
    }),
    'Query.trash (of a space)': async () => seen({}, (await deleted(await spaceFile())).id),
    'Mutation.purgeAsset (in a space)': async () => ({
      variables: { id: (await spaceFile()).id },
      document: purgeMutation,
    }),
    'Mutation.beginUpload (into a folder)': async () => ({
      variables: { input: directly({ folderId: (await newFolder()).id }) },
      document: beginDirectMutation,
    }),
    'Mutation.beginUpload (for the agent)': () =>
      Promise.resolve({
        variables: { input: directly({ execution: { executionId: 'run', agentUrn } }) },
        document: beginDirectMutation,
      }),
    'Mutation.beginUpload (replacing a file)': async () => ({
      variables: { input: directly({ replaceAssetId: (await spaceFile()).id }) },
      document: beginDirectMutation,
    }),
    // Begun by the person of the column `asked`.
    'Query.upload (into a space)': async () => seenById(await beginDirect(alice(), directly())),
    'Query.node (an upload into a space)': async () => seenById(await beginDirect(alice(), directly())),
    'Mutation.completeUpload (into a space)': async () => ({
      variables: { id: (await sendDirect(alice(), directly(), actBytes)).id },
      document: completeMutation,
    }),
    'Mutation.abortUpload (into a space)': async () => ({
      variables: { id: (await beginDirect(alice(), directly())).id },
      document: abortMutation,
    }),
    'Mutation.presignUploadParts (into a space)': async () => {
      const file = { ...actFile(stage()), sizeBytes: 6 * 2 ** 20 };
      const { id } = await beginDirect(alice(), directly({ file }));
      return { variables: { id, parts: [1] }, document: presignMutation, changesNothing: true };
    },

    // A prompt of the agent to the person of the column `asked`, and their memory.
    'Query.uploadPrompt': async () => seenById(await ask()),
    'Query.uploadPrompts': async () => seen({}, (await ask()).id),
    'Query.awaitUpload': async () => {
      const promptId = await ended();
      return seen({ promptId }, promptId);
    },
    'Query.node (a prompt)': async () => seenById(await ask()),
    'Query.upload': async () => seenById(await begin(alice(), (await ask()).id, actFile(stage()))),
    'Query.upload (handed over)': async () => seenById({ id: (await handedOver()).uploadId }),
    'Query.node (an upload)': async () => seenById(await begin(alice(), (await ask()).id, actFile(stage()))),
    'Query.node (an upload handed over)': async () => seenById({ id: (await handedOver()).uploadId }),
    'UploadPrompt.uploads': async () => {
      const { id } = await ask();
      const upload = await begin(alice(), id, actFile(stage()));
      return ofPrompt(id, 'id filename', upload.id);
    },
    'UploadPrompt.uploads (handed over)': async () => {
      const { promptId, uploadId } = await handedOver();
      return ofPrompt(promptId, 'id filename', uploadId);
    },
    'Upload.request': async () => {
      const { id } = await ask();
      await begin(alice(), id, actFile(stage()));
      return ofPrompt(id, 'request { url }', '"url"');
    },
    'Subscription.uploadPrompts': async () => {
      const { id } = await ask();
      return seen({}, id, 'subscription { uploadPrompts { prompts { id } } }');
    },
    'Subscription.uploadPromptProgress': async () => {
      const { id: promptId } = await ask();
      return seen({ promptId }, promptId);
    },
    'Subscription.uploadResult': async () => {
      const promptId = await ended();
      return seen({ promptId }, promptId);
    },
    'Mutation.requestUpload (in the name of the agent)': () =>
      Promise.resolve({
        variables: { input: { agentUrn, userId: 'alice', prompt: 'a file' } },
        document: requestUploadMutation,
      }),
    'Query.agentAssets': async () => seen({}, (await memoryFile()).id),
    "Query.agentAssets (the person's)": async () => seen({ userId: 'alice' }, (await memoryFile()).id),
    'Query.asset': async () => seenById(await memoryFile()),
    'Query.asset (by its URN)': async () => {
      const { id, urn } = await memoryFile();
      return seen({ urn }, id);
    },
    'Query.node (a file)': async () => seenById(await memoryFile()),
    'Subscription.assetEvents': async () => {
      const asset = await memoryFile();
      return events({ memoryUrn: memoryUrnOf(asset) }, alice(), asset);
    },
    'Query.memory': async () => {
      const urn = memoryUrnOf(await memoryFile());
      return seen({ urn }, urn);
    },
    'Query.memories': async () => seen({}, memoryUrnOf(await memoryFile())),
    'Query.trash': async () => seen({}, (await deleted(await memoryFile())).id),
    // A session that never unlocked it locks it without a trace.
    'Mutation.lockMemory': async () => ({ ...(await acts['lockMemory']!()), changesNothing: true }),
    'Mutation.describeAsset (in a memory)': async () => ({
      variables: { id: (await memoryFile()).id, text: 'mine' },
      document: describeMutation,
    }),
    'Mutation.renameAsset (in a memory)': async () => ({
      variables: { id: (await memoryFile()).id, name: 'mine.pdf' },
      document: renameMutation,
    }),
  };
}
