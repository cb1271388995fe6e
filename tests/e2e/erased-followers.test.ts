import {
  awaitQuery,
  progressSubscription,
  promptsSubscription,
  request,
  resultSubscription,
  seedHeart,
  type PromptFields,
} from '../support/heart.js';
import { listenersOf } from '../support/listeners.js';
import { openForAll } from '../support/open-for-all.js';
import type { TestBackends, TestService } from '../support/service.js';
import { rows } from '../support/state.js';
import { until } from '../support/until.js';

let backends: TestBackends;
let service: TestService;
let people: Awaited<ReturnType<typeof seedHeart>>;

openForAll({ env: { DELIVERY_CHECK_SECONDS: '1' } }, async (opened) => {
  ({ backends, service } = opened);
  people = await seedHeart(service);
});

/** As an erasure does it, where all news of its end were lost. */
const vanish = (id: string) => rows(backends, 'delete from upload_prompts where id = $1', [id]);

test.each([
  ['the result', resultSubscription],
  ['the progress', progressSubscription],
])('who follows %s of a prompt that is gone comes to an end', async (_, subscription) => {
  const { id } = await request(people.agent);
  const before = listenersOf(service);
  const following = people.agent.subscribe(subscription, { id });
  if (subscription === progressSubscription) await following.next();
  const ended = following.next();
  // Whoever listens has been let in.
  await until(() => listenersOf(service) > before);
  await vanish(id);
  expect(await ended).toBeUndefined();
  await following.close();
});

test('who waits on a query is told that it is not found', async () => {
  const { id } = await request(people.agent);
  const waited = people.agent.refusal(awaitQuery, { id, wait: 30 });
  await vanish(id);
  expect(await waited).toEqual({ code: 'NOT_FOUND' });
});

test('the portal gets what is left', async () => {
  const [{ id: gone }, { id: left }] = [await request(people.agent), await request(people.agent)];
  const portal = people.alice.subscribe<{ uploadPrompts: { kind: string; prompts: PromptFields[] } }>(
    promptsSubscription,
  );
  const first = await portal.next();
  expect(first?.uploadPrompts.prompts.map(({ id }) => id)).toEqual([gone, left]);
  await vanish(gone);
  expect((await portal.next())?.uploadPrompts).toMatchObject({ kind: 'SNAPSHOT', prompts: [{ id: left }] });
  await portal.close();
});
