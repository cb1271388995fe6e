import { newId } from '../../src/core/ids.js';
import { toAssetUrn } from '../../src/domains/assets/asset-urn.js';
import { toMemoryUrn } from '../../src/domains/memories/memory.js';
import { listOperations, listReferences, type Operation } from '../support/api-schema.js';
import { makeApi, type Answer, type Api } from '../support/api.js';
import { storeInSpace } from '../support/erasure.js';
import {
  agentUrn,
  answer,
  begin,
  enable,
  fileOf,
  newAgent,
  newDownloadUrl,
  pdf,
  request,
  scanned,
  seedHeart,
} from '../support/heart.js';
import { openForAll } from '../support/open-for-all.js';
import { token } from '../support/service.js';
import type { TestBackends, TestService } from '../support/service.js';
import { createRole, setMember } from '../support/spaces.js';
import { defaultSpace, findOrgId, givenFile, givenFolder, givenSpace } from '../support/space-rows.js';
import { hashTables, rows } from '../support/state.js';
import { deleteAssets } from '../support/trash.js';

/** In every name of theirs, and in no id: ids have no hyphens. */
const mark = 'unheard-of';
const theirOrg = `acme-${mark}`;
const theirAgentUrn = `urn:agent:${mark}`;
/** Registered by others too in the end, and so without the mark. */
const theirOtherAgentUrn = 'urn:agent:of-that-name';
const carol = `carol-${mark}`;
const executionId = `run-${mark}`;

let backends: TestBackends;
let service: TestService;
/** What exists in their organization, by what it is. */
let theirs: Record<
  | 'promptId'
  | 'openPromptId'
  | 'uploadId'
  | 'openUploadId'
  | 'assetId'
  | 'assetUrn'
  | 'memoryUrn'
  | 'appKeyId'
  | 'auditEntryId'
  | 'spaceId'
  | 'folderId'
  | 'roleId'
  | 'fileId'
  | 'fileUrn'
  | 'executionId',
  string
>;
/** The space of each principal's own organization. */
let ownSpaceIds: Record<Principal, string>;
let cursors: Record<
  | 'agentAssets'
  | 'uploadPrompts'
  | 'agents'
  | 'people'
  | 'auditLog'
  | 'assets'
  | 'assetsOfFolder'
  | 'assetsOfSpace'
  | 'trash',
  string
>;

const principals = ['adminElsewhere', 'aliceElsewhere', 'appElsewhere', 'bob'] as const;
type Principal = (typeof principals)[number];
let apis: Record<Principal, Api>;
const operations = new Map(listOperations().map((operation) => [operation.name, operation]));

/** What is open stays open, however long all of this takes. */
const env = { PROMPT_TIMEOUT_SECONDS: '3600', UPLOAD_MIN_LEASE_SECONDS: '3600' };

openForAll({ env }, async (opened) => {
  ({ backends, service } = opened);
  const { admin, alice, agent } = await seedHeart(service, theirOrg);
  const elsewhere = await seedHeart(service, 'globex');
  apis = {
    adminElsewhere: elsewhere.admin,
    aliceElsewhere: elsewhere.alice,
    appElsewhere: elsewhere.agent,
    bob: makeApi(service.url, await token('bob', { org: theirOrg })),
  };
  await apis.bob.get('{ viewer { id } }');
  await seedTheirSpace('globex', 'of-globex');
  await seedTheirs(admin, alice, agent);
});

async function seedTheirs(admin: Api, alice: Api, agent: Api): Promise<void> {
  for (const urn of [theirAgentUrn, theirOtherAgentUrn]) {
    const register = `mutation($urn: ID!) { registerAgent(urn: $urn, name: "The ${mark}") { urn } }`;
    await admin.get(register, { urn });
  }
  await enable(admin, true, theirAgentUrn);
  await newAgent(admin, service.url, theirAgentUrn);
  const signedIn = makeApi(service.url, await token(carol, { org: theirOrg, name: `Carol ${mark}` }));
  await signedIn.get('{ viewer { id } }');

  const ask = { prompt: `the ${mark} plan`, conversationId: mark };
  const { id: promptId } = await request(agent, ask);
  const file = { ...fileOf(pdf()), filename: `${mark}.pdf`, description: mark };
  const asset = await answer(alice, promptId, pdf(), file);
  const { id: openPromptId } = await request(agent, ask);
  const { id: openUploadId } = await begin(alice, openPromptId, file);
  await scanned(alice, asset);
  await newDownloadUrl(alice, asset);
  await storeInSpace(backends, { kind: 'USER', id: 'alice' }, { executionId }, theirOrg);
  const [upload] = await rows<{ id: string }>(backends, 'select id from uploads where asset_id = $1', [
    asset.id,
  ]);
  const kept = await seedTheirSpace(theirOrg, mark);
  const keptSpace = { id: kept.spaceId, orgId: await findOrgId(backends, theirOrg) };
  const trashed = await givenFile(backends, service, keptSpace, { filename: `${mark}.pdf` });
  await deleteAssets(admin, trashed.id);
  const role = await createRole(admin, `Kept out, ${mark}`);
  // Everybody else in the organization may see it.
  await setMember(admin, kept.spaceId, 'bob', role.id);
  await setMember(admin, kept.spaceId, carol, 'guest');
  const { appKeys } = await admin.get<{ appKeys: { id: string }[] }>('{ appKeys { id } }');
  const elsewhere = (await defaultSpace(backends, 'globex')).id;
  ownSpaceIds = {
    adminElsewhere: elsewhere,
    aliceElsewhere: elsewhere,
    appElsewhere: elsewhere,
    bob: (await defaultSpace(backends, theirOrg)).id,
  };
  const { auditLog, viewer: ofAdmin } = await admin.get<{
    auditLog: Paged & { nodes: { id: string }[] };
    viewer: { organization: { people: Paged } };
  }>(
    '{ auditLog(first: 1) { nodes { id } pageInfo { endCursor } } viewer { organization { people(first: 1) { pageInfo { endCursor } } } } }',
  );
  theirs = {
    promptId,
    openPromptId,
    uploadId: upload?.id ?? '',
    openUploadId,
    assetId: asset.id,
    assetUrn: asset.urn,
    memoryUrn: asset.urn.replace(/:assets:.*$/, ''),
    appKeyId: appKeys[0]?.id ?? '',
    roleId: role.id,
    ...kept,
    auditEntryId: auditLog.nodes[0]?.id ?? '',
  };
  const page = 'pageInfo { endCursor }';
  const { agentAssets, uploadPrompts, viewer } = await alice.get<{
    agentAssets: Paged;
    uploadPrompts: Paged;
    viewer: { organization: { agents: Paged } };
  }>(`{ agentAssets { ${page} } uploadPrompts { ${page} } viewer { organization { agents { ${page} } } } }`);
  const { assets } = await admin.get<{ assets: SpacePage }>(cursorsDocument);
  const { trash } = await admin.get<{ trash: Paged }>(`{ trash { ${page} } }`);
  cursors = {
    assets: assets.pageInfo.endCursor,
    assetsOfFolder: assets.nodes[0]?.folder.assets.pageInfo.endCursor ?? '',
    assetsOfSpace: assets.nodes[0]?.space.assets.pageInfo.endCursor ?? '',
    agentAssets: agentAssets.pageInfo.endCursor,
    uploadPrompts: uploadPrompts.pageInfo.endCursor,
    agents: viewer.organization.agents.pageInfo.endCursor,
    people: ofAdmin.organization.people.pageInfo.endCursor,
    auditLog: auditLog.pageInfo.endCursor,
    trash: trash.pageInfo.endCursor,
  };
}

/** A space of theirs with a file in a folder and one in its root; a colleague has no role in it. */
async function seedTheirSpace(org: string, name: string) {
  const space = await givenSpace(backends, name, org);
  const folderId = await givenFolder(backends, space, name);
  const executionId = `execution-${name}`;
  const generated = { agentUrn: `urn:agent:${name}`, executionId, provider: name, description: name };
  await givenFile(backends, service, space, { filename: `${name}.pdf`, ...generated });
  const { id } = await givenFile(backends, service, space, {
    filename: `${name}.pdf`,
    folderId,
    ...generated,
  });
  const fileUrn = toAssetUrn({ id, memoryId: null, spaceId: space.id });
  return { spaceId: space.id, folderId, fileId: id, fileUrn, executionId };
}

/** Every cursor is another one, so those that only read ask for none. */
const inPlaces = (folder: string, space: string, cursor = '') => `query($after: String) {
  assets(first: 1) { ${cursor} nodes {
    folder { assets${folder} { nodes { filename } ${cursor} } }
    space { name assets${space} { nodes { filename } ${cursor} } }
  } }
}`;
const cursorsDocument = inPlaces('', '', 'pageInfo { endCursor }').replace('($after: String)', '');

interface SpacePage extends Paged {
  nodes: { folder: { assets: Paged }; space: { assets: Paged } }[];
}

interface Paged {
  pageInfo: { endCursor: string };
}

/** One place where an id goes in: theirs, one of the same form that does not exist, and what else is to be given. */
interface Row {
  readonly their: () => string | string[];
  readonly none: () => string;
  readonly rest?: object;
  /** The same where it is another for each principal. */
  readonly restOf?: (principal: Principal) => object;
  /** A field beneath the top needs a document of its own; its variable is named like the argument. */
  readonly document?: string;
  /** Everybody in their organization may know of it. */
  readonly openToMembers?: boolean;
}

const file = fileOf(pdf());
const anId = (their: Row['their'], rest: object = {}): Row => ({ their, none: newId, rest });
const aPrompt = (rest: object = {}) => anId(() => [theirs.promptId, theirs.openPromptId], rest);
const anUpload = (rest: object = {}) => anId(() => [theirs.uploadId, theirs.openUploadId], rest);
const anAgent = (rest: object = {}): Row => ({
  their: () => theirAgentUrn,
  none: () => 'urn:agent:nobody',
  rest,
});
const aMemory = (rest: object = {}): Row => ({
  their: () => theirs.memoryUrn,
  none: () => toMemoryUrn(newId()),
  rest,
});
const aSpace = (rest: object = {}) => anId(() => theirs.spaceId, rest);
const aFolder = (rest: object = {}) => anId(() => theirs.folderId, rest);
const aPerson = (rest: object = {}): Row => ({ their: () => carol, none: () => 'nobody', rest });
const aCursor = (list: keyof typeof cursors): Row => ({ their: () => cursors[list], none: () => 'nothing' });

const intoOwnSpace = (principal: Principal) => ({ input: { file, spaceId: ownSpaceIds[principal] } });
const withExecution = ({ input }: { input: object }) => ({
  input: { ...input, execution: { executionId: 'x' } },
});

const agentsDocument =
  'query($after: String) { viewer { organization { agents(after: $after) { nodes { urn name } } } } }';
const peopleDocument =
  'query($after: String) { viewer { organization { people(after: $after) { nodes { id name } } } } }';
const rowsOfMatrix: Record<string, Row> = {
  'Organization.agents after': { ...aCursor('agents'), document: agentsDocument, openToMembers: true },
  'Organization.people after': { ...aCursor('people'), document: peopleDocument },
  'Folder.assets after': {
    ...aCursor('assetsOfFolder'),
    document: inPlaces('(after: $after)', ''),
    openToMembers: true,
  },
  'Space.assets after': {
    ...aCursor('assetsOfSpace'),
    document: inPlaces('', '(after: $after)'),
    openToMembers: true,
  },
  'Query.assets after': { ...aCursor('assets'), openToMembers: true },
  'Query.trash after': aCursor('trash'),
  'Query.assets filter.agentUrn': { ...anAgent(), their: () => [theirAgentUrn, `urn:agent:${mark}`] },
  'Query.assets filter.executionId': anId(() => theirs.executionId),
  'Query.assets filter.folderId': anId(() => theirs.folderId),
  'Query.assets filter.spaceId': anId(() => theirs.spaceId),
  'Query.agent urn': { ...anAgent(), openToMembers: true },
  'Query.agentAssets after': { ...aCursor('agentAssets'), rest: { userId: undefined } },
  'Query.agentAssets agentUrn': anAgent(),
  'Query.agentAssets userId': aPerson(),
  'Query.appKeys agentUrn': anAgent(),
  'Query.asset id': anId(() => [theirs.assetId, theirs.fileId]),
  'Query.asset urn': {
    their: () => [theirs.assetUrn, theirs.fileUrn],
    none: () => toAssetUrn({ id: newId(), memoryId: newId(), spaceId: null }),
  },
  'Query.auditLog after': aCursor('auditLog'),
  'Query.auditLog subject': {
    their: () => [theirs.assetId, theirs.promptId, theirs.uploadId, theirAgentUrn],
    none: newId,
  },
  'Query.awaitUpload promptId': aPrompt(),
  'Query.memory urn': aMemory(),
  'Query.folder id': aFolder(),
  'Query.folder spaceId': aSpace({ path: `/${mark}` }),
  'Query.node id': anId(() => [
    theirs.promptId,
    theirs.openPromptId,
    theirs.uploadId,
    theirs.openUploadId,
    theirs.assetId,
    theirs.appKeyId,
    theirs.fileId,
    theirs.auditEntryId,
  ]),
  'Query.space id': aSpace(),
  'Query.upload id': anUpload(),
  'Query.uploadPrompt id': aPrompt(),
  'Query.uploadPrompts after': aCursor('uploadPrompts'),
  'Mutation.abortUpload uploadId': anUpload(),
  'Mutation.beginPromptUpload promptId': aPrompt({ file, takeOver: true }),
  'Mutation.cancelUploadRequest promptId': aPrompt(),
  'Mutation.answerWithAssets assetIds': anId(() => theirs.assetId, { promptId: newId() }),
  'Mutation.beginUpload input.spaceId': {
    ...anId(() => theirs.spaceId, { input: { file } }),
    openToMembers: true,
  },
  'Mutation.beginUpload input.folderId': {
    ...anId(() => theirs.folderId),
    restOf: intoOwnSpace,
    openToMembers: true,
  },
  'Mutation.beginUpload input.replaceAssetId': { ...anId(() => theirs.assetId), restOf: intoOwnSpace },
  'Mutation.beginUpload input.execution.agentUrn': {
    ...anAgent(),
    restOf: (principal) => withExecution(intoOwnSpace(principal)),
    openToMembers: true,
  },
  // Whatever a runtime calls its executions: no reference to anything.
  'Mutation.beginUpload input.execution.executionId': anId(newId, { input: { file, spaceId: newId() } }),
  'Mutation.answerWithAssets promptId': aPrompt({ assetIds: [newId()] }),
  'Mutation.completeUpload uploadId': anUpload(),
  'Mutation.presignUploadParts uploadId': anUpload({ partNumbers: [1] }),
  'Mutation.createAppKey agentUrn': anAgent({ name: 'stolen' }),
  'Mutation.createDownloadUrl assetId': anId(() => [theirs.assetId, theirs.fileId]),
  'Mutation.describeAsset id': anId(() => [theirs.assetId, theirs.fileId], { description: 'mine' }),
  'Mutation.moveAsset folderId': anId(() => theirs.folderId, { id: newId() }),
  'Mutation.moveAsset id': anId(() => [theirs.assetId, theirs.fileId]),
  'Mutation.renameAsset id': anId(() => [theirs.assetId, theirs.fileId], { filename: 'mine.pdf' }),
  'Mutation.createFolder parentId': aFolder({ spaceId: newId(), name: 'stolen' }),
  'Mutation.createFolder spaceId': aSpace({ name: 'stolen' }),
  'Mutation.deleteFolder id': aFolder({ recursive: true }),
  'Mutation.moveFolder id': aFolder(),
  'Mutation.moveFolder parentId': aFolder({ id: newId() }),
  'Mutation.declineUpload promptId': aPrompt(),
  'Mutation.changeMemoryPassword urn': aMemory({ password: 'a good guess', newPassword: 'a good guess' }),
  'Mutation.encryptMemory urn': aMemory({ password: 'a good guess' }),
  'Mutation.lockMemory urn': aMemory(),
  'Mutation.unlockMemory urn': aMemory({ password: 'a good guess' }),
  'Mutation.deleteAssets ids': anId(() => [theirs.assetId, theirs.fileId]),
  'Mutation.eraseAgent agentUrn': anAgent(),
  'Mutation.eraseExecution executionId': { their: () => executionId, none: () => 'nothing' },
  'Mutation.eraseMemory urn': aMemory(),
  'Mutation.eraseUser userId': aPerson(),
  'Mutation.markUploadPromptSeen promptId': aPrompt(),
  'Mutation.purgeAsset id': anId(() => [theirs.assetId, theirs.fileId]),
  'Mutation.submitPromptUploads promptId': aPrompt(),
  'Mutation.removeSpaceMember spaceId': aSpace({ userId: carol }),
  'Mutation.removeSpaceMember userId': aPerson({ spaceId: newId() }),
  'Mutation.renameFolder id': aFolder({ name: 'stolen' }),
  'Mutation.setSpaceMember roleId': anId(() => theirs.roleId, { spaceId: newId(), userId: 'alice' }),
  'Mutation.setSpaceMember spaceId': aSpace({ userId: 'alice', roleId: 'admin' }),
  'Mutation.setSpaceMember userId': aPerson({ spaceId: newId(), roleId: 'admin' }),
  // Another organization may name an agent of its own the same: that is no reference to theirs.
  'Mutation.registerAgent urn': {
    their: () => theirOtherAgentUrn,
    none: () => 'urn:agent:new',
    rest: { name: 'Mine' },
  },
  'Mutation.requestUpload input.agentUrn': anAgent({ input: { userId: 'alice', prompt: 'a file' } }),
  'Mutation.requestUpload input.userId': aPerson({ input: { prompt: 'a file' } }),
  'Mutation.restoreAsset id': anId(() => [theirs.assetId, theirs.fileId]),
  'Mutation.revokeAppKey id': anId(() => theirs.appKeyId),
  'Mutation.setAgentAssetUploadEnabled agentUrn': anAgent({ enabled: false }),
  'Mutation.setAgentUploadPolicy agentUrn': anAgent({ policy: { maxSizeBytes: 1 } }),
  'Subscription.assetEvents memoryUrn': aMemory(),
  'Subscription.assetEvents spaceId': anId(() => theirs.spaceId),
  'Subscription.uploadPromptProgress promptId': aPrompt(),
  'Subscription.uploadResult promptId': aPrompt(),
};

/** The answer, or the first event of a subscription. */
async function ask(api: Api, { kind, document }: Pick<Operation, 'kind' | 'document'>, variables: object) {
  if (kind !== 'subscription') return api.ask<object>(document, variables);
  const events = api.subscribe<object>(document, variables);
  try {
    return { data: (await events.next()) ?? null };
  } catch (error) {
    return { data: null, errors: JSON.parse((error as Error).message) as Answer<object>['errors'] }; // what `next` throws
  } finally {
    await events.close();
  }
}

function withValue(rest: object, path: string, value: string): object {
  const [name = '', ...inner] = path.split('.');
  const known = (rest as Record<string, object | undefined>)[name];
  return { ...rest, [name]: inner.length === 0 ? value : withValue(known ?? {}, inner.join('.'), value) };
}

/** Everything that is kept of their organization, whatever the tables are. */
async function dump(): Promise<object> {
  const hashes = await hashTables(backends, await findOrgId(backends, theirOrg));
  expect(Object.keys(hashes).length).toBeGreaterThan(8);
  return hashes;
}

test('every place in the schema where an id or a cursor goes in has a row', () => {
  expect(Object.keys(rowsOfMatrix).sort()).toEqual(listReferences().sort());
});

const matrix = Object.entries(rowsOfMatrix).flatMap(([place, row]) =>
  principals
    .filter((principal) => !(row.openToMembers && principal === 'bob'))
    .map((principal) => ({ place, row, principal })),
);

test.each(matrix)(
  '$place of theirs, from $principal, is like none at all',
  async ({ place, row, principal }) => {
    const [name = '', path = ''] = place.split(' ');
    const operation = operations.get(name) ?? { kind: 'query', document: row.document ?? '' };
    const api = apis[principal];
    const rest = row.restOf?.(principal) ?? row.rest ?? {};
    const before = await dump();
    const told = async (value: string) => {
      const answered = await ask(api, operation, withValue(rest, path, value));
      const text = JSON.stringify(answered).replaceAll(value, '<the id>');
      return text.replace(/"requestId":"[^"]*"/g, '"requestId"');
    };
    const none = await told(row.none());
    for (const value of [row.their()].flat()) {
      expect(value).not.toBe('');
      const answered = await told(value);
      expect(answered).toBe(none);
      expect(answered).not.toContain('INTERNAL_SERVER_ERROR');
      assertNothingOfTheirs(answered);
    }
    expect(await dump()).toEqual(before);
  },
);

function assertNothingOfTheirs(text: string): void {
  for (const known of [mark, ...Object.values(theirs)]) expect(text).not.toContain(known);
}

describe('without any id', () => {
  const plain = [...operations.values()].filter(({ kind }) => kind !== 'mutation');
  const outside = principals.filter((principal) => principal !== 'bob');

  test.each(outside.flatMap((principal) => plain.map(({ name }) => ({ principal, name }))))(
    '$name tells $principal nothing of theirs',
    async ({ principal, name }) => {
      const operation = operations.get(name);
      if (operation === undefined) throw new Error(name);
      // The same names in both organizations: only the organization tells them apart.
      const variables = { id: theirs.promptId, promptId: theirs.promptId, urn: agentUrn, agentUrn };
      const answers = [
        await ask(apis[principal], operation, variables),
        await ask(apis[principal], operation, { ...variables, userId: 'alice' }),
      ];
      const text = JSON.stringify(answers).replaceAll(theirs.promptId, '');
      assertNothingOfTheirs(text);
    },
  );

  test('a colleague is told of nobody else’s prompts and files', async () => {
    const { uploadPrompts, agentAssets } = await apis.bob.get<Record<string, { nodes: [] }>>(
      '{ uploadPrompts { nodes { id } } agentAssets { nodes { id } } }',
    );
    expect([uploadPrompts?.nodes, agentAssets?.nodes]).toEqual([[], []]);
    const snapshot = apis.bob.subscribe('subscription { uploadPrompts { prompts { id } } }');
    expect(await snapshot.next()).toEqual({ uploadPrompts: { prompts: [] } });
    await snapshot.close();
  });

  test('an admin elsewhere decides nothing about the agent that has the same URN here', async () => {
    const before = await dump();
    await enable(apis.adminElsewhere, false);
    await enable(apis.adminElsewhere, true);
    expect(await dump()).toEqual(before);
  });
});
