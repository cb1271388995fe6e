import { AskfileError, createPortalClient } from '../../src/client/index.js';
import type { ConnectionState, UploadPrompt, UploadPromptEvent } from '../../src/client/index.js';
import { until } from '../support/until.js';
import { startFakeService, type FakeService } from './support/fake-service.js';

let service: FakeService;
let stops: (() => void)[];
beforeEach(async () => {
  service = await startFakeService();
  stops = [];
});
afterEach(async () => {
  for (const stop of stops) stop();
  await service.close();
});

const makePortal = (options: Partial<Parameters<typeof createPortalClient>[0]> = {}) =>
  createPortalClient({
    url: service.url,
    token: 'jwt',
    retry: { minDelayMs: 2, maxDelayMs: 20, giveUpAfterSeconds: 1 },
    ...options,
  });

function watch(portal = makePortal()) {
  const seen = {
    events: [] as UploadPromptEvent[],
    prompts: [] as readonly UploadPrompt[],
    states: [] as ConnectionState[],
    errors: [] as unknown[],
    ids: () => seen.prompts.map(({ id }) => id),
  };
  const stop = portal.prompts(
    (prompts, event) => {
      seen.prompts = prompts;
      seen.events.push(event);
    },
    { onError: (error) => seen.errors.push(error), onConnection: (state) => seen.states.push(state) },
  );
  stops.push(stop);
  return { seen, stop };
}

describe('prompts', () => {
  test('lists what is open, then follows each change', async () => {
    service.state.open({ id: 'a' });
    service.state.open({ id: 'b' });
    const { seen } = watch();
    await until(() => seen.events.length === 1);
    expect(seen.ids()).toEqual(['a', 'b']);
    expect(seen.events[0]?.kind).toBe('SNAPSHOT');

    service.state.open({ id: 'c' });
    await until(() => seen.events.length === 2);
    expect(seen.ids()).toEqual(['a', 'b', 'c']);

    service.state.change('b', { status: 'UPLOADING' });
    await until(() => seen.events.length === 3);
    expect(seen.prompts[1]).toMatchObject({ id: 'b', status: 'UPLOADING', version: 2 });

    service.state.change('a', { status: 'DECLINED' });
    await until(() => seen.events.length === 4);
    expect(seen.ids()).toEqual(['b', 'c']);
    expect(seen.events[3]).toMatchObject({ kind: 'RESOLVED' });
    expect(seen.states).toEqual(['connected']);
  });

  test('after a lost connection the list is complete again', async () => {
    service.state.open({ id: 'a' });
    const { seen } = watch();
    await until(() => seen.events.length === 1);
    await service.stop();
    await until(() => seen.states.at(-1) === 'reconnecting');
    service.state.change('a', { status: 'TIMEOUT' });
    service.state.open({ id: 'b' });
    await service.start();
    await until(() => seen.states.at(-1) === 'connected');
    expect(seen.ids()).toEqual(['b']);
    expect(seen.states).toEqual(['connected', 'reconnecting', 'connected']);
    expect(seen.errors).toEqual([]);
  });

  test('asks for the token anew on each connection', async () => {
    let asked = 0;
    const { seen } = watch(makePortal({ token: () => Promise.resolve(`jwt-${(asked += 1)}`) }));
    await until(() => seen.events.length > 0);
    service.dropSockets(4403);
    await until(() => service.subscriptions.length === 2);
    const [first, second] = service.subscriptions.map(({ authorization }) => authorization);
    expect(first).toBe('Bearer jwt-1');
    expect(second).not.toBe(first);
  });

  test('goes on when the token could not be had for a while', async () => {
    let failures = 3;
    const token = () => {
      if ((failures -= 1) >= 0) throw new Error('offline');
      return 'jwt';
    };
    const { seen } = watch(makePortal({ token }));
    await until(() => seen.states.at(-1) === 'connected');
    expect(seen.errors).toEqual([]);
  });

  test('keeps the list by polling where WebSockets are refused', async () => {
    service.settings.acceptSockets = false;
    service.state.open({ id: 'a' });
    const { seen } = watch();
    await until(() => seen.ids().includes('a'));
    expect(seen.states).toEqual(['reconnecting']);
  });

  test('ends with UNAUTHENTICATED when the token is refused', async () => {
    service.settings.authorization = 'Bearer another';
    const { seen } = watch();
    await until(() => seen.errors.length > 0);
    expect(seen.errors[0]).toBeInstanceOf(AskfileError);
    expect(seen.errors[0]).toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(seen.events).toEqual([]);
  });

  test('waits where the token is refused and another one is to come, and goes on with that', async () => {
    let token = 'jwt';
    let renew = (): void => undefined;
    const refused: string[] = [];
    service.settings.authorization = 'Bearer another';
    service.state.open({ id: 'a' });
    const portal = makePortal({
      token: () => token,
      onTokenRefused(which) {
        refused.push(which);
        return new Promise((resolve) => {
          renew = () => {
            token = 'another';
            resolve(true);
          };
        });
      },
    });
    const { seen } = watch(portal);
    await until(() => refused.length === 1);
    renew();
    await until(() => seen.states.at(-1) === 'connected' && seen.ids().includes('a'));
    expect(refused).toEqual(['jwt']);
    expect(seen.errors).toEqual([]);
  });

  test('hands over what a listener throws', async () => {
    const errors: unknown[] = [];
    const fault = new Error('my own fault');
    const onChange = () => {
      throw fault;
    };
    stops.push(makePortal().prompts(onChange, { onError: (error) => errors.push(error) }));
    await until(() => errors.length > 0);
    expect(errors).toEqual([fault]);
    await until(() => service.socketCount() === 0);
  });

  test('calls nothing and holds nothing after it was stopped', async () => {
    const { seen, stop } = watch();
    await until(() => seen.events.length === 1);
    stop();
    stop();
    await until(() => service.socketCount() === 0);
    service.state.open({ id: 'a' });
    expect(seen).toMatchObject({ prompts: [], states: ['connected'], errors: [] });
  });
});

test('declining tells the agent why', async () => {
  const prompt = service.state.open();
  expect(await makePortal().decline(prompt.id, 'not today')).toMatchObject({
    status: 'DECLINED',
    reason: 'USER',
    note: 'not today',
  });
});

test('one prompt is read as it is now, also when it has ended; undefined when there is none such', async () => {
  const prompt = service.state.open({ id: 'p' });
  await makePortal().decline(prompt.id);
  expect(await makePortal().prompt('p')).toMatchObject({ id: 'p', status: 'DECLINED' });
  expect(await makePortal().prompt('nothing')).toBeUndefined();
});

test('a prompt that was seen is marked, also when the first try gets lost', async () => {
  service.fail('MarkUploadPromptSeen', 'drop');
  const prompt = service.state.open();
  const seen = await makePortal().markSeen(prompt.id);
  expect(seen.seenAt).not.toBeNull();
});

test('what was refused with the token stays so when there will be no other one, and nobody waits after an abort', async () => {
  service.settings.authorization = 'Bearer another';
  const refusal = { code: 'UNAUTHENTICATED' };
  await expect(makePortal({ onTokenRefused: () => Promise.resolve(false) }).viewer()).rejects.toMatchObject(
    refusal,
  );
  const stop = new AbortController();
  const waiting = makePortal({
    onTokenRefused() {
      stop.abort(new Error('enough'));
      return new Promise(() => undefined);
    },
  });
  await expect(waiting.assets.get('a', { signal: stop.signal })).rejects.toThrow('enough');
});

test('the viewer is who the token says', async () => {
  expect(await makePortal().viewer()).toMatchObject({ id: 'alice', organization: { name: 'Acme' } });
});
