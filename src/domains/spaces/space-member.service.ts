import type { Db, Transact } from '../../core/db.js';
import { notFound } from '../../core/errors.js';
import { isId } from '../../core/ids.js';
import { assertOrgAdmin, type Viewer } from '../../core/viewer.js';
import type { Accounts } from '../accounts/account.service.js';
import type { Audit } from '../accounts/audit.service.js';
import type { Roles } from './role.service.js';
import type { SpaceAccess } from './space-access.js';
import type { NamedMember, SpaceMember } from './space-member.js';
import { makeSpaceMemberStore } from './space-member.store.js';
import { makeSpaceStore } from './space.store.js';

export type SpaceMembers = ReturnType<typeof makeSpaceMembers>;

export interface SpaceMembersDeps {
  db: Db;
  transact: Transact;
  audit: Audit;
  accounts: Accounts;
  roles: Roles;
  access: SpaceAccess;
}

/**
 * To whom a space gives a role of its own, instead of the one that cascades. Only org admins decide it, also of
 * spaces that keep them out.
 */
export function makeSpaceMembers({ db, transact, audit, accounts, roles, access }: SpaceMembersDeps) {
  const store = makeSpaceMemberStore(db);

  async function assertSpace(orgId: string, spaceId: string): Promise<void> {
    if (!isId(spaceId) || !(await makeSpaceStore(db).exists(orgId, spaceId))) throw notFound('The space');
  }

  async function withNames(orgId: string, members: readonly SpaceMember[]): Promise<NamedMember[]> {
    const names = await accounts.listNames(orgId, members);
    return members.map((member, index) => ({ ...member, name: names[index] ?? null }));
  }

  return {
    /**
     * `userId` names a person known in the organization, else a service account, else an App by its own id or its
     * agent's URN. In force from the next request on. Throws PERMISSION_DENIED, NOT_FOUND.
     */
    async setSpaceMember(
      viewer: Viewer,
      input: { spaceId: string; userId: string; roleId: string },
    ): Promise<NamedMember> {
      assertOrgAdmin(viewer);
      const { orgId } = viewer;
      const { spaceId } = input;
      await assertSpace(orgId, spaceId);
      const role = await roles.find(orgId, input.roleId);
      if (role === undefined) throw notFound('The role');
      const actor = await accounts.findActor(orgId, input.userId);
      if (actor === undefined) throw notFound('The member');
      const member = { spaceId, ...actor, roleId: role.id };
      await transact(async (tx) => {
        if (!(await makeSpaceMemberStore(tx.db).set(orgId, member))) return;
        const details = { kind: actor.kind, userId: actor.id, roleId: role.id };
        await audit.record(tx, viewer, 'setSpaceMember', spaceId, details);
      });
      const [named] = await withNames(orgId, [member]);
      // One for one.
      return named!;
    },

    /**
     * Back to the role that cascades from the organization. Returns the member's id. Throws PERMISSION_DENIED, and
     * NOT_FOUND also when the space names no such member.
     */
    async removeSpaceMember(viewer: Viewer, input: { spaceId: string; userId: string }): Promise<string> {
      assertOrgAdmin(viewer);
      const { orgId } = viewer;
      const { spaceId } = input;
      await assertSpace(orgId, spaceId);
      const actor = await accounts.findActor(orgId, input.userId);
      // Not by its kind: who has become known under that id since then does not hide who was named before.
      const member = actor && (await store.find(orgId, spaceId, actor.id));
      if (member === undefined) throw notFound('The member');
      const { kind, id: userId } = member;
      await transact(async (tx) => {
        const roleId = await makeSpaceMemberStore(tx.db).remove(orgId, spaceId, member);
        if (roleId === undefined) throw notFound('The member');
        await audit.record(tx, viewer, 'removeSpaceMember', spaceId, { kind, userId, roleId });
      });
      return userId;
    },

    /** For a loader: of those spaces that the viewer may read, by name; who has none comes last. */
    async listOfSpaces(viewer: Viewer, spaceIds: readonly string[]): Promise<NamedMember[]> {
      const granted = await access.listPermissions(viewer, spaceIds);
      const readable = spaceIds.filter((id) => granted.get(id)?.has('ASSETS_READ'));
      if (readable.length === 0) return [];
      const members = await store.listOfSpaces(viewer.orgId, readable);
      return (await withNames(viewer.orgId, members)).sort(byName);
    },
  };
}

function byName(a: NamedMember, b: NamedMember): number {
  if (a.name === null || b.name === null) {
    return Number(a.name === null) - Number(b.name === null) || compare(a.id, b.id);
  }
  return compare(a.name, b.name) || compare(a.id, b.id);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
