import type { Api } from './api.js';
import type { Act } from './acts.js';
import { beginDirectMutation, uploadDirect } from './direct.js';
import { scanned, type AssetFields } from './heart.js';

import {
  createFolder,
  createFolderMutation,
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

/** Every mutation of spaces and of what is in them; everything that is written holds the canary. */
export function makeSpaceActs(
  people: () => { admin: Api; alice: Api },
  canary: string,
  file: object,
): Readonly<Record<string, () => Promise<Act>>> {
  let spaces = 0;
  const newSpace = async () => (await createSpace(people().admin, `Space ${(spaces += 1)}`)).id;
  const idIn = (field: string) => (answer: Record<string, { id: string }>) => answer[field]?.id ?? '';

  async function newFile(): Promise<{ asset: AssetFields; spaceId: string }> {
    const spaceId = await newSpace();
    return { asset: await scanned(people().admin, await uploadDirect(people().admin, { spaceId })), spaceId };
  }

  async function ofFile(document: string, rest: object, more: object = {}): Promise<Act> {
    const { asset, spaceId } = await newFile();
    const variables = { id: asset.id, ...rest };
    return { by: people().admin, document, variables, subject: asset.id, details: { spaceId, ...more } };
  }

  return {
    async beginUpload() {
      const spaceId = await newSpace();
      const input = { spaceId, file };
      const subject = idIn('beginUpload');
      return {
        by: people().alice,
        document: beginDirectMutation,
        variables: { input },
        subject,
        details: { spaceId },
      };
    },
    async createFolder() {
      const spaceId = await newSpace();
      const variables = { spaceId, name: canary };
      const subject = idIn('createFolder');
      const details = { spaceId, parentId: null };
      return { by: people().alice, document: createFolderMutation, variables, subject, details };
    },
    createRole: () =>
      Promise.resolve({
        by: people().admin,
        document: createRoleMutation,
        variables: { name: 'Readers', permissions: ['ASSETS_READ'] },
        subject: idIn('createRole'),
        details: { permissions: ['ASSETS_READ'] },
      }),
    createSpace: () =>
      Promise.resolve({
        by: people().admin,
        document: createSpaceMutation,
        variables: { name: 'Another' },
        subject: idIn('createSpace'),
        details: { name: 'Another' },
      }),
    async deleteFolder() {
      const spaceId = await newSpace();
      const { id } = await createFolder(people().admin, spaceId, canary);
      const details = { spaceId, folders: 1, files: 0 };
      return { by: people().admin, document: deleteFolderMutation, variables: { id }, subject: id, details };
    },
    describeAsset: () =>
      ofFile('mutation($id: ID!, $text: String) { describeAsset(id: $id, description: $text) { id } }', {
        text: canary,
      }),
    async moveAsset() {
      const { asset, spaceId } = await newFile();
      const { id: folderId } = await createFolder(people().admin, spaceId, canary);
      return {
        by: people().admin,
        document: 'mutation($id: ID!, $folderId: ID) { moveAsset(id: $id, folderId: $folderId) { id } }',
        variables: { id: asset.id, folderId },
        subject: asset.id,
        details: { spaceId, fromFolderId: null, toFolderId: folderId },
      };
    },
    async moveFolder() {
      const spaceId = await newSpace();
      const { id } = await createFolder(people().admin, spaceId, canary);
      const { id: parentId } = await createFolder(people().admin, spaceId, 'parent');
      const details = { spaceId, from: null, to: parentId };
      const variables = { id, parentId };
      return { by: people().admin, document: moveFolderMutation, variables, subject: id, details };
    },
    async removeSpaceMember() {
      const spaceId = await newSpace();
      await setMember(people().admin, spaceId, 'alice', 'guest');
      const variables = { spaceId, userId: 'alice' };
      const details = { userId: 'alice', roleId: 'guest' };
      return { by: people().admin, document: removeMemberMutation, variables, subject: spaceId, details };
    },
    renameAsset: () =>
      ofFile('mutation($id: ID!, $name: String!) { renameAsset(id: $id, filename: $name) { id } }', {
        name: `${canary}.pdf`,
      }),
    async renameFolder() {
      const spaceId = await newSpace();
      const { id } = await createFolder(people().admin, spaceId, 'plain');
      const variables = { id, name: canary };
      return {
        by: people().admin,
        document: renameFolderMutation,
        variables,
        subject: id,
        details: { spaceId },
      };
    },
    async setSpaceMember() {
      const spaceId = await newSpace();
      const variables = { spaceId, userId: 'alice', roleId: 'guest' };
      const details = { userId: 'alice', roleId: 'guest' };
      return { by: people().admin, document: setMemberMutation, variables, subject: spaceId, details };
    },
  };
}
