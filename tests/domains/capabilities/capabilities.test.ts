import { jest } from '@jest/globals';
import type { CapabilitiesDeps } from '../../../src/domains/capabilities/capability.service.js';
import { defaultUploadLimits } from '../../../src/domains/capabilities/upload-limits.js';
import { appViewer, makePeople, serviceAccountViewer, userViewer } from '../../support/people.js';
import { hasWaiting, openTestDatabase, type TestDatabase } from '../../support/postgres.js';
import { until } from '../../support/until.js';

let database: TestDatabase;
beforeAll(async () => (database = await openTestDatabase()));
afterAll(() => database.close());

let orgs = 0;
async function setUp() {
  const onToolDisabled = jest.fn<CapabilitiesDeps['onToolDisabled']>(() => Promise.resolve());
  const people = makePeople(database, { onToolDisabled });
  const externalOrgId = `org ${(orgs += 1)}`;
  const orgId = await people.accounts.admit({ externalOrgId, kind: 'USER', id: 'root', name: null });
  const admin = userViewer(orgId, 'ADMIN', 'root');
  const agent = await people.agents.registerAgent(admin, { urn: 'urn:agent:research', name: 'Research' });
  const { capabilities } = people;
  return {
    admin,
    agent,
    capabilities,
    onToolDisabled,
    enable: (enabled: boolean) => capabilities.setAgentAssetUploadEnabled(admin, agent.urn, enabled),
    policy: async () => (await capabilities.listPolicies(orgId, [agent.urn]))[0],
    getForRequest: () => database.transact((tx) => capabilities.getForRequest(tx, orgId, agent.urn)),
    audited: async () => {
      const { rows } = await database.executeSql(
        "select action, subject, details from audit_entries where org_id = $1 and action <> 'registerAgent' order by at, id",
        [orgId],
      );
      return rows;
    },
  };
}

describe('the tool that asks people for files', () => {
  test('is off until an admin switches it on', async () => {
    const { policy, getForRequest, enable, agent, audited } = await setUp();
    expect(await policy()).toEqual({
      agentUrn: agent.urn,
      agentTools: [],
      assetUploadEnabled: false,
      uploadPolicy: defaultUploadLimits,
    });
    await expect(getForRequest()).rejects.toMatchObject({ code: 'TOOL_NOT_ENABLED' });
    expect(await enable(true)).toEqual(agent);
    expect(await policy()).toMatchObject({ agentTools: ['asset:upload'], assetUploadEnabled: true });
    expect(await getForRequest()).toEqual(defaultUploadLimits);
    expect(await audited()).toEqual([
      { action: 'setAgentAssetUploadEnabled', subject: agent.urn, details: { enabled: true } },
    ]);
  });

  test('ends what is open in the transaction that switches it off, once', async () => {
    const { admin, agent, enable, getForRequest, onToolDisabled, audited } = await setUp();
    await enable(true);
    await enable(true);
    expect(onToolDisabled).not.toHaveBeenCalled();
    await enable(false);
    await enable(false);
    expect(onToolDisabled).toHaveBeenCalledTimes(1);
    expect(onToolDisabled).toHaveBeenCalledWith(expect.anything(), {
      orgId: admin.orgId,
      agentUrn: agent.urn,
      actor: { kind: 'USER', id: 'root' },
    });
    await expect(getForRequest()).rejects.toMatchObject({ code: 'TOOL_NOT_ENABLED' });
    expect(await audited()).toMatchObject([{ details: { enabled: true } }, { details: { enabled: false } }]);
  });

  test('stays on when what is open could not be ended', async () => {
    const { enable, policy, onToolDisabled, audited } = await setUp();
    await enable(true);
    onToolDisabled.mockRejectedValueOnce(new Error('no'));
    await expect(enable(false)).rejects.toThrow('no');
    expect(await policy()).toMatchObject({ assetUploadEnabled: true });
    expect(await audited()).toHaveLength(1);
  });

  test('is switched off only after a request under way, which it then finds', async () => {
    const { admin, agent, capabilities, enable, onToolDisabled } = await setUp();
    await enable(true);
    const order: string[] = [];
    onToolDisabled.mockImplementation(() => Promise.resolve(void order.push('ended')));
    let disabled: Promise<unknown> | undefined;
    await database.transact(async (tx) => {
      await capabilities.getForRequest(tx, admin.orgId, agent.urn);
      disabled = enable(false);
      await until(() => hasWaiting(database));
      order.push('asked');
    });
    await disabled;
    expect(order).toEqual(['asked', 'ended']);
  });

  test('does not stop requests from being made side by side', async () => {
    const { admin, agent, capabilities, enable } = await setUp();
    await enable(true);
    await database.transact(async (tx) => {
      await capabilities.getForRequest(tx, admin.orgId, agent.urn);
      await database.transact((other) => capabilities.getForRequest(other, admin.orgId, agent.urn));
    });
  });

  test('refuses a request that waited for it to be switched off', async () => {
    const { getForRequest, enable, onToolDisabled } = await setUp();
    await enable(true);
    let request: Promise<unknown> | undefined;
    onToolDisabled.mockImplementation(async () => {
      request = getForRequest();
      request.catch(() => undefined);
      await until(() => hasWaiting(database));
    });
    await enable(false);
    await expect(request).rejects.toMatchObject({ code: 'TOOL_NOT_ENABLED' });
  });
});

describe("an agent's policy", () => {
  test('keeps what is left out and clears what is null', async () => {
    const { admin, agent, capabilities, policy, audited } = await setUp();
    const set = (limits: object) => capabilities.setAgentUploadPolicy(admin, agent.urn, limits);
    expect(await set({ maxSizeBytes: 1000, allowedMimeTypes: ['Image/*'] })).toEqual(agent);
    await set({ promptTimeoutSeconds: 30 });
    const images = ['image/jpeg', 'image/png', 'image/gif', 'image/webp'];
    expect((await policy())?.uploadPolicy).toEqual({
      maxSizeBytes: 1000,
      allowedMimeTypes: images,
      promptTimeoutSeconds: 30,
    });
    await set({ maxSizeBytes: null, allowedMimeTypes: null });
    expect((await policy())?.uploadPolicy).toEqual({ ...defaultUploadLimits, promptTimeoutSeconds: 30 });
    await set({});
    expect(await audited()).toMatchObject([
      {
        action: 'setAgentUploadPolicy',
        details: { policy: { maxSizeBytes: 1000, allowedMimeTypes: images } },
      },
      { details: { policy: { promptTimeoutSeconds: 30 } } },
      { details: { policy: { maxSizeBytes: null, allowedMimeTypes: null } } },
    ]);
  });

  test('may be loosened again, up to what the service has', async () => {
    const { admin, agent, capabilities, policy } = await setUp();
    await capabilities.setAgentUploadPolicy(admin, agent.urn, { maxSizeBytes: 1 });
    await capabilities.setAgentUploadPolicy(admin, agent.urn, {
      maxSizeBytes: defaultUploadLimits.maxSizeBytes,
    });
    expect((await policy())?.uploadPolicy).toEqual(defaultUploadLimits);
  });

  test('does not switch the tool on or off', async () => {
    const { admin, agent, capabilities, enable, policy, getForRequest } = await setUp();
    await capabilities.setAgentUploadPolicy(admin, agent.urn, { maxSizeBytes: 7 });
    expect(await policy()).toMatchObject({ assetUploadEnabled: false });
    await enable(true);
    expect(await getForRequest()).toMatchObject({ maxSizeBytes: 7 });
    await enable(false);
    expect(await policy()).toMatchObject({ uploadPolicy: { maxSizeBytes: 7 } });
  });

  test('is refused when it widens anything, and then changes nothing', async () => {
    const { admin, agent, capabilities, policy, audited } = await setUp();
    const tooLarge = { promptTimeoutSeconds: 10, maxSizeBytes: defaultUploadLimits.maxSizeBytes + 1 };
    await expect(capabilities.setAgentUploadPolicy(admin, agent.urn, tooLarge)).rejects.toMatchObject({
      code: 'INVALID_CONSTRAINT',
      extensions: { field: 'policy.maxSizeBytes' },
    });
    expect((await policy())?.uploadPolicy).toEqual(defaultUploadLimits);
    expect(await audited()).toEqual([]);
  });
});

test('policies come one for each URN, in their order, whatever is known of them', async () => {
  const { admin, agent, capabilities, enable } = await setUp();
  await enable(true);
  const urns = ['urn:agent:none', agent.urn, agent.urn];
  const policies = await capabilities.listPolicies(admin.orgId, urns);
  expect(policies.map((policy) => [policy.agentUrn, policy.assetUploadEnabled])).toEqual([
    ['urn:agent:none', false],
    [agent.urn, true],
    [agent.urn, true],
  ]);
});

test('capabilities are decided by admins of the agent’s own organization alone', async () => {
  const { admin, agent, capabilities, policy } = await setUp();
  const { admin: foreignAdmin } = await setUp();
  const refusals: [Parameters<typeof capabilities.setAgentAssetUploadEnabled>[0], string][] = [
    [userViewer(admin.orgId, 'BUILDER'), 'PERMISSION_DENIED'],
    [userViewer(admin.orgId, 'MEMBER'), 'PERMISSION_DENIED'],
    [serviceAccountViewer(admin.orgId, 'ADMIN'), 'PERMISSION_DENIED'],
    [appViewer(agent), 'PERMISSION_DENIED'],
  ];
  for (const [viewer, code] of refusals) {
    await expect(capabilities.setAgentAssetUploadEnabled(viewer, agent.urn, true)).rejects.toMatchObject({
      code,
    });
    await expect(capabilities.setAgentUploadPolicy(viewer, agent.urn, {})).rejects.toMatchObject({ code });
  }
  // Their own agent has the same URN.
  await capabilities.setAgentAssetUploadEnabled(foreignAdmin, agent.urn, true);
  expect(await policy()).toMatchObject({ assetUploadEnabled: false });
  for (const urn of ['urn:agent:none', '\u0000']) {
    const unknown = { code: 'NOT_FOUND', message: 'The agent was not found.' };
    await expect(capabilities.setAgentAssetUploadEnabled(admin, urn, true)).rejects.toMatchObject(unknown);
    await expect(capabilities.setAgentUploadPolicy(admin, urn, {})).rejects.toMatchObject(unknown);
  }
});
