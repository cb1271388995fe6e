import { actFile, anew, idIn, newPerson, type Act, type Acts, type ActStage } from './acts.js';
import { beginDirectMutation, uploadDirect } from './direct.js';
import { agentUrn, scanned, type AssetFields } from './heart.js';
import {
  createFolder,
  createFolderMutation,
  createRole,
  createRoleMutation,
  createSpace,
  createSpaceMutation,
  deleteFolderMutation,
  moveFolderMutation,
  removeMemberMutation,
  renameFolderMutation,
  setMember,
  setMemberMutation,
} from './spaces.js';

export const describeMutation =
  'mutation($id: ID!, $text: String) { describeAsset(id: $id, description: $text) { id } }';
export const renameMutation =
  'mutation($id: ID!, $name: String!) { renameAsset(id: $id, filename: $name) { id } }';
export const moveMutation =
  'mutation($id: ID!, $folderId: ID) { moveAsset(id: $id, folderId: $folderId) { id } }';

/** A clean file of a space that the agent generated; an admin put it there. */
export async function newSpaceFile(stage: ActStage, spaceId: string): Promise<AssetFields> {
  const { admin } = stage.people;
  const execution = { agentUrn, executionId: anew('run') };
  return scanned(admin, await uploadDirect(admin, { spaceId, execution }));
}

/** Every mutation of spaces and of what is in them. */
export function makeSpaceActs(stage: () => ActStage): Acts {
  const admin = () => stage().people.admin;
  const newSpace = async () => stage().spaceId ?? (await createSpace(admin(), anew('Space'))).id;
  const newFolder = async (spaceId: string) =>
    (await createFolder(admin(), spaceId, anew(stage().canary))).id;

  async function newFile(): Promise<{ asset: AssetFields; spaceId: string }> {
    const spaceId = await newSpace();
    return { asset: await newSpaceFile(stage(), spaceId), spaceId };
  }

  async function ofFile(document: string, rest: object): Promise<Act> {
    const { asset, spaceId } = await newFile();
    const variables = { id: asset.id, ...rest };
    return { by: admin(), document, variables, subject: asset.id, details: { spaceId } };
  }

  return {
    async beginUpload() {
      const spaceId = await newSpace();
      const input = { spaceId, file: actFile(stage()) };
      const subject = idIn('beginUpload');
      const by = stage().people.alice;
      return { by, document: beginDirectMutation, variables: { input }, subject, details: { spaceId } };
    },
    async createFolder() {
      const spaceId = await newSpace();
      const variables = { spaceId, name: anew(stage().canary) };
      const subject = idIn('createFolder');
      const details = { spaceId, parentId: null };
      return { by: stage().people.alice, document: createFolderMutation, variables, subject, details };
    },
    createRole: () =>
      Promise.resolve({
        by: admin(),
        document: createRoleMutation,
        variables: { name: anew(stage().canary), permissions: ['ASSETS_READ'] },
        subject: idIn('createRole'),
        details: { permissions: ['ASSETS_READ'] },
      }),
    createSpace() {
      const name = anew(stage().canary);
      const subject = idIn('createSpace');
      return Promise.resolve({
        by: admin(),
        document: createSpaceMutation,
        variables: { name },
        subject,
        details: {},
      });
    },
    async deleteFolder() {
      const spaceId = await newSpace();
      const id = await newFolder(spaceId);
      const details = { spaceId, folders: 1, files: 0 };
      return { by: admin(), document: deleteFolderMutation, variables: { id }, subject: id, details };
    },
    describeAsset: () => ofFile(describeMutation, { text: stage().canary }),
    async moveAsset() {
      const { asset, spaceId } = await newFile();
      const folderId = await newFolder(spaceId);
      return {
        by: admin(),
        document: moveMutation,
        variables: { id: asset.id, folderId },
        subject: asset.id,
        details: { spaceId, fromFolderId: null, toFolderId: folderId },
      };
    },
    async moveFolder() {
      const spaceId = await newSpace();
      const [id, parentId] = [await newFolder(spaceId), await newFolder(spaceId)];
      const details = { spaceId, from: null, to: parentId };
      const variables = { id, parentId };
      return { by: admin(), document: moveFolderMutation, variables, subject: id, details };
    },
    async removeSpaceMember() {
      const [spaceId, { id: userId }] = [await newSpace(), await newPerson(stage())];
      await setMember(admin(), spaceId, userId, 'guest');
      const variables = { spaceId, userId };
      const details = { userId, roleId: 'guest' };
      return { by: admin(), document: removeMemberMutation, variables, subject: spaceId, details };
    },
    renameAsset: () => ofFile(renameMutation, { name: `${stage().canary}.pdf` }),
    async renameFolder() {
      const spaceId = await newSpace();
      const { id } = await createFolder(admin(), spaceId, anew('plain'));
      const variables = { id, name: anew(stage().canary) };
      return {
        by: admin(),
        document: renameFolderMutation,
        variables,
        subject: id,
        details: { spaceId },
      };
    },
    async setSpaceMember() {
      const [spaceId, { id: userId }] = [await newSpace(), await newPerson(stage())];
      const { id: roleId } = await createRole(admin(), anew(stage().canary));
      const variables = { spaceId, userId, roleId };
      const details = { kind: 'USER', userId, roleId };
      return { by: admin(), document: setMemberMutation, variables, subject: spaceId, details };
    },
  };
}
