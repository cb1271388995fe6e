import type { Api } from '../support/api.js';
import { openGraphqlSocket } from '../support/graphql-socket.js';
import {
  abortMutation,
  agentUrn,
  anotherDevice,
  answer,
  awaitQuery,
  awaitResult,
  begin,
  cancelMutation,
  complete,
  declineMutation,
  fileOf,
  getPrompt,
  newAgent,
  pdf,
  progressSubscription,
  promptsSubscription,
  put,
  request,
  resultSubscription,
  seedHeart,
  type PromptFields,
  type ResultFields,
} from '../support/heart.js';
import { token } from '../support/service.js';
import { openThreeServices } from '../support/three-services.js';
import { until } from '../support/until.js';

interface PromptEvent {
  uploadPrompts: { kind: string; prompts: PromptFields[] };
}

const three = await openThreeServices();
const { at, backends, listChannels, people, services, urlOf } = three;
afterAll(() => three.close());

const decline = (person: Api, id: string) => person.get(declineMutation, { id });

describe('across processes and devices', () => {
  test('every device sees a snapshot first and then the same changes, wherever they happen', async () => {
    const { agent, alice } = people;
    const open = await request(agent);
    const devices = [0, 1, 2, 0].map((index) => at(alice, index).subscribe<PromptEvent>(promptsSubscription));
    const next = () => Promise.all(devices.map(async (device) => (await device.next())?.uploadPrompts));
    for (const event of await next()) expect(event).toEqual({ kind: 'SNAPSHOT', prompts: [open] });

    const asked = await request(at(agent, 1));
    for (const event of await next()) expect(event).toEqual({ kind: 'UPSERT', prompts: [asked] });

    const bytes = pdf();
    const elsewhere = at(alice, 2);
    const upload = await begin(elsewhere, asked.id, fileOf(bytes));
    for (const event of await next()) {
      expect(event).toMatchObject({ kind: 'UPSERT', prompts: [{ id: asked.id, status: 'UPLOADING' }] });
    }
    await put(upload, bytes);
    await complete(elsewhere, upload.id);
    for (const event of await next()) {
      expect(event).toMatchObject({ kind: 'RESOLVED', prompts: [{ id: asked.id, status: 'UPLOADED' }] });
    }
    await decline(at(alice, 1), open.id);
    for (const event of await next()) {
      expect(event).toMatchObject({ kind: 'RESOLVED', prompts: [{ id: open.id, status: 'DECLINED' }] });
    }
    await Promise.all(devices.map((device) => device.close()));
  });

  test('an event whose details could not be read is told once they can', async () => {
    const { agent, alice } = people;
    const { id } = await request(agent);
    const device = alice.subscribe<{ uploadPrompts: { prompts: { agent: { name: string } }[] } }>(
      'subscription { uploadPrompts { kind prompts { id agent { name } } } }',
    );
    await device.next();
    await backends.database.transact(async ({ executeSql }) => {
      await executeSql('lock table agents in access exclusive mode', []);
      await alice.get('mutation($id: ID!) { declineUpload(promptId: $id) { id } }', { id });
      await until(async () => {
        const cut = await executeSql(
          `select pg_terminate_backend(pid) from pg_locks where relation = 'agents'::regclass and not granted`,
          [],
        );
        return cut.rows.length > 0;
      });
    });
    expect((await device.next())?.uploadPrompts).toEqual({
      kind: 'RESOLVED',
      prompts: [{ id, agent: { name: 'Buno' } }],
    });
    await device.close();
  });

  test('an agent that waits in one process is told what a person answers in another', async () => {
    const { agent, alice } = people;
    const prompt = await request(agent);
    const waiting = services.map((_, index) =>
      at(agent, index).subscribe<{ uploadResult: ResultFields }>(resultSubscription, { id: prompt.id }),
    );
    const results = waiting.map((subscription) => subscription.next());
    const polls = services.map((_, index) => awaitResult(at(agent, index), prompt.id, 30));
    await until(async () => (await listChannels()).includes(`prompt:${prompt.id}`));
    const asset = await answer(at(alice, 2), prompt.id);
    for (const result of await Promise.all(results)) {
      expect(result?.uploadResult).toMatchObject({ outcome: 'UPLOADED', assets: [{ id: asset.id }] });
    }
    for (const result of await Promise.all(polls)) {
      expect(result).toMatchObject({ outcome: 'UPLOADED', assets: [{ id: asset.id }] });
    }
    for (const subscription of waiting) {
      expect(await subscription.next()).toBeUndefined();
      await subscription.close();
    }
  });

  test("one person's events reach no other person and no other organization", async () => {
    const { admin, agent, alice } = people;
    const bob = await anotherDevice(alice, 'bob');
    await bob.get('{ viewer { id } }');
    const globex = await seedHeart({ url: urlOf(1) }, 'globex');
    const strangers = [
      { device: bob, ask: () => request(agent, { userId: 'bob' }) },
      { device: globex.alice, ask: () => request(globex.agent) },
    ].map(({ device, ask }) => ({ ask, portal: device.subscribe<PromptEvent>(promptsSubscription) }));
    for (const { portal } of strangers) {
      expect((await portal.next())?.uploadPrompts).toEqual({ kind: 'SNAPSHOT', prompts: [] });
    }
    await answer(alice, (await request(agent)).id);
    await decline(alice, (await request(agent)).id);
    for (const { ask, portal } of strangers) {
      // The first that they hear of is their own.
      const own = await ask();
      expect((await portal.next())?.uploadPrompts).toEqual({ kind: 'UPSERT', prompts: [own] });
      await portal.close();
    }

    const { id } = await request(agent);
    for (const other of [bob, globex.alice, globex.agent, admin]) {
      for (const document of [resultSubscription, progressSubscription]) {
        const subscription = other.subscribe(document, { id });
        await expect(subscription.next()).rejects.toThrow('NOT_FOUND');
        await subscription.close();
      }
      expect(await other.refusal(awaitQuery, { id, wait: 5 })).toMatchObject({ code: 'NOT_FOUND' });
    }
    await decline(alice, id);
  });
});

describe('for the agent', () => {
  test.each([
    ['UPLOADED', null, (id: string) => answer(people.alice, id)],
    ['DECLINED', 'USER', (id: string) => decline(people.alice, id)],
    ['DECLINED', 'AGENT_CANCELLED', (id: string) => people.agent.get(cancelMutation, { id })],
    ['TIMEOUT', 'NO_ANSWER', expire],
  ])('the result %s %s is told at once where it is known already', async (outcome, reason, end) => {
    const { agent } = people;
    const { id } = await request(agent);
    await end(id);
    const waiting = at(agent, 1).subscribe<{ uploadResult: ResultFields }>(resultSubscription, { id });
    expect((await waiting.next())?.uploadResult).toMatchObject({ promptId: id, outcome, reason });
    expect(await waiting.next()).toBeUndefined();
    await waiting.close();
    expect(await awaitResult(agent, id, 45)).toMatchObject({ promptId: id, outcome, reason });
  });

  test('progress is the prompt now, then after each change, until it ends', async () => {
    const { agent, alice } = people;
    const { id } = await request(agent);
    const progress = at(agent, 2).subscribe<{ uploadPromptProgress: PromptFields }>(progressSubscription, {
      id,
    });
    const next = async () => (await progress.next())?.uploadPromptProgress;
    expect(await next()).toMatchObject({ id, version: 1, status: 'PENDING' });
    const given = await begin(alice, id, fileOf(pdf()));
    expect(await next()).toMatchObject({ version: 2, status: 'UPLOADING' });
    await alice.get(abortMutation, { id: given.id });
    expect(await next()).toMatchObject({ version: 3, status: 'PENDING' });
    const bytes = pdf();
    const upload = await begin(alice, id, fileOf(bytes));
    expect(await next()).toMatchObject({ version: 4, status: 'UPLOADING' });
    await put(upload, bytes);
    await complete(alice, upload.id);
    expect(await next()).toMatchObject({ version: 5, status: 'UPLOADED' });
    expect(await next()).toBeUndefined();
    await progress.close();
  });

  test('a poll waits for the result, gives null when there is none, and leaves with its caller', async () => {
    const { agent, alice } = people;
    const { id } = await request(agent);
    expect(await awaitResult(agent, id)).toBeNull();
    expect(await awaitResult(agent, id, 1)).toBeNull();
    expect(await agent.refusal(awaitQuery, { id, wait: 46 })).toMatchObject({
      code: 'BAD_USER_INPUT',
      field: 'waitSeconds',
    });

    const isFollowed = async () => (await listChannels()).includes(`prompt:${id}`);
    expect(await isFollowed()).toBe(false);
    const leaving = new AbortController();
    const left = fetch(`${agent.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${agent.credential}` },
      body: JSON.stringify({ query: awaitQuery, variables: { id, wait: 45 } }),
      signal: leaving.signal,
    }).catch(() => 'left');
    await until(isFollowed);
    leaving.abort();
    expect(await left).toBe('left');
    await until(async () => !(await isFollowed()));

    const staying = awaitResult(agent, id, 45);
    await until(isFollowed);
    await decline(alice, id);
    expect(await staying).toMatchObject({ outcome: 'DECLINED', reason: 'USER' });
    await until(async () => !(await isFollowed()));
  });
});

describe('access that ends', () => {
  test('a revoked app key is told nothing more and its socket is closed with 4403', async () => {
    const { admin, agent, alice } = people;
    const doomed = await newAgent(admin, urlOf(1));
    const { appKeys } = await admin.get<{ appKeys: { id: string }[] }>(
      'query($urn: ID!) { appKeys(agentUrn: $urn) { id } }',
      { urn: agentUrn },
    );
    const { id } = await request(agent);
    const socket = await openGraphqlSocket(`${urlOf(1)}/graphql`, { authorization: doomed.credential });
    socket.subscribe('s', progressSubscription, { id });
    await socket.receive('s');
    await admin.get('mutation($id: ID!) { revokeAppKey(id: $id) { id } }', { id: appKeys[0]?.id });
    await decline(alice, id);
    expect(await socket.closed()).toMatchObject({ code: 4403 });
    expect(socket.messages.filter((message) => message.id === 's')).toHaveLength(1);
    await until(async () => !(await listChannels()).includes(`prompt:${id}`));
  });

  test('a socket ends with its token, by 4403, and frees what it followed', async () => {
    // Past its end, in the five seconds in which it still holds.
    const credential = await token('carol', { expiresInSeconds: -1 });
    const socket = await openGraphqlSocket(`${urlOf(2)}/graphql`, { authorization: credential });
    socket.subscribe('s', promptsSubscription);
    await socket.receive('s');
    const before = (await listChannels()).length;
    expect(await socket.closed()).toMatchObject({ code: 4403 });
    expect(socket.messages.filter((message) => message.id === 's')).toHaveLength(1);
    await until(async () => (await listChannels()).length < before);
    await request(people.agent, { userId: 'carol' });
    expect(socket.messages.filter((message) => message.id === 's')).toHaveLength(1);
  });
});

test('a mutation is announced in the order of its commits: no event is older than the one before', async () => {
  const { agent, alice } = people;
  const portal = at(alice, 1).subscribe<PromptEvent>(promptsSubscription);
  expect((await portal.next())?.uploadPrompts.kind).toBe('SNAPSHOT');
  const { id } = await request(agent);
  const bytes = pdf();
  let version = 0;
  const seen = (async () => {
    for (;;) {
      const event = (await portal.next())?.uploadPrompts;
      const prompt = event?.prompts[0];
      expect(prompt?.version).toBeGreaterThan(version);
      version = prompt?.version ?? version;
      if (event?.kind === 'RESOLVED') return;
    }
  })();
  for (let turn = 0; turn < 10; turn += 1) {
    const upload = await begin(alice, id, fileOf(bytes));
    if (turn < 9) await alice.get(abortMutation, { id: upload.id });
    else await put(upload, bytes).then(() => complete(alice, upload.id));
  }
  await seen;
  expect(await getPrompt(agent, id)).toMatchObject({ version, status: 'UPLOADED' });
  await portal.close();
});

/** Its time is over, and a sweep or whoever looks first sees to it. */
async function expire(id: string): Promise<void> {
  await backends.database.executeSql(
    'update upload_prompts set expires_at = now(), hard_expires_at = now() where id = $1',
    [id],
  );
}
