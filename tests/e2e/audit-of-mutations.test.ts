import { actFile, type Acts, type ActStage } from '../support/acts.js';
import { listOperations, listWords } from '../support/api-schema.js';
import { audited } from '../support/audit.js';
import { makeHeartActs } from '../support/heart-acts.js';
import {
  begin,
  beginMutation,
  completeMutation,
  declineMutation,
  put,
  request,
  seedHeart,
} from '../support/heart.js';
import { withOneConnection } from '../support/one-connection.js';
import { openBackends, openService, type TestBackends, type TestService } from '../support/service.js';
import { makeSpaceActs } from '../support/space-acts.js';
import { endLease, movePrompt, rows } from '../support/state.js';
import { deleteAssets, deleteMutation, givenAsset, moveTrash } from '../support/trash.js';
import { until } from '../support/until.js';
import { makeVaultActs } from '../support/vault-acts.js';

let backends: TestBackends;
let service: TestService;
let people: Awaited<ReturnType<typeof seedHeart>>;
let stage: ActStage;

beforeAll(async () => {
  backends = await openBackends();
  service = await openService(backends, {
    // Whatever takes a second connection inside a transaction waits for ever.
    adapt: withOneConnection(backends),
    env: { PROMPT_LIMIT_PER_USER: '1000', MULTIPART_FROM_BYTES: String(5 * 2 ** 20) },
  });
  people = await seedHeart(service);
  stage = { backends, url: service.url, people, canary };
});

afterAll(async () => {
  await service.close();
  await backends.close();
});

const canary = 'canary';

/** Every mutation of the schema. */
const acts: Acts = {
  ...makeSpaceActs(() => stage),
  ...makeHeartActs(() => stage),
  ...makeVaultActs(() => stage),
};

const mutations = listOperations().flatMap(({ kind, name }) =>
  kind === 'mutation' ? [name.replace('Mutation.', '')] : [],
);

test('whatever a mutation takes that people write has the canary in it', async () => {
  const writers = mutations.filter((name) => listWords(`Mutation.${name}`).length > 0);
  expect(writers.length).toBeGreaterThan(10);
  for (const name of writers) {
    const act = await acts[name]?.();
    expect([name, JSON.stringify(act?.variables)]).toEqual([name, expect.stringContaining(canary)]);
  }
});

test('every mutation of the schema is expected on record, or said to change nothing', () => {
  expect(Object.keys(acts).sort()).toEqual(mutations.sort());
});

test.each(Object.entries(acts))('%s', async (action, prepare) => {
  const act = await prepare();
  const before = await rows(backends, 'select from audit_entries');
  const answer = await act.by.get<never>(act.document, act.variables);
  if ('changesNothing' in act) {
    expect(await rows(backends, 'select from audit_entries')).toHaveLength(before.length);
    return;
  }
  const subject = typeof act.subject === 'string' ? act.subject : act.subject(answer);
  const { viewer } = await act.by.get<{ viewer: object }>('{ viewer { kind id name } }');
  const details = expect.objectContaining(act.details) as unknown;
  const entry = { actor: viewer, action, subject, details };
  expect(await audited(people.admin, { action, subject })).toEqual([expect.objectContaining(entry)]);

  // Again, whatever it answers: nothing more happens to that subject.
  await act.by.ask(act.document, act.variables);
  expect(await audited(people.admin, { action, subject })).toHaveLength(act.again ?? 1);
});

test('of what is refused nothing is on record, but the upload that ends with a wrong file', async () => {
  const promptId = (await request(people.agent)).id;
  const file = actFile(stage);
  const before = await rows(backends, 'select from audit_entries');
  await people.alice.refusal(beginMutation, { id: promptId, file: { ...file, sizeBytes: 2 ** 40 } });
  await people.admin.refusal(declineMutation, { id: promptId });
  await people.alice.refusal(deleteMutation, { ids: [promptId] });
  expect(await rows(backends, 'select from audit_entries')).toHaveLength(before.length);

  const wrong = Buffer.from(`${'no PDF '.repeat(20)}`);
  const { id } = await begin(people.alice, promptId, { ...file, sizeBytes: wrong.length }).then(
    async (upload) => {
      await put(upload, wrong);
      return upload;
    },
  );
  const { code } = await people.alice.refusal(completeMutation, { id });
  expect(await audited(people.admin, { subject: id, action: 'completeUpload' })).toMatchObject([
    { details: { promptId, refusal: code } },
  ]);
});

test('what the service does by itself is on record as its own, once', async () => {
  const { alice, agent } = people;
  const [unanswered, cutOff, lapsed] = [await request(agent), await request(agent), await request(agent)];
  const uploads = [
    await begin(alice, cutOff.id, actFile(stage)),
    await begin(alice, lapsed.id, actFile(stage)),
  ];
  const trashed = await givenAsset(people);
  await deleteAssets(alice, trashed.id);

  await movePrompt(backends, unanswered.id, { expiresIn: -1, hardExpiresIn: -1 });
  await movePrompt(backends, cutOff.id, { expiresIn: -2, hardExpiresIn: -1 });
  await endLease(backends, uploads[1]?.id ?? '');
  await moveTrash(backends, trashed.id, -1);

  const actor = { kind: 'SERVICE_ACCOUNT', id: 'askfile' };
  const told = async (subject: string) =>
    (await audited(people.admin, { subject })).filter((entry) => entry.actor.id === actor.id);
  const once = async (subject: string, action: string, details: object) => {
    await until(async () => (await told(subject)).length > 0);
    expect(await told(subject)).toMatchObject([{ action, actor, details }]);
  };
  await once(unanswered.id, 'timeOutUploadRequest', { reason: 'NO_ANSWER' });
  await once(cutOff.id, 'timeOutUploadRequest', { reason: 'UPLOAD_INCOMPLETE' });
  await once(uploads[1]?.id ?? '', 'expireUpload', { promptId: lapsed.id });
  await once(trashed.id, 'purgeAsset', { userId: 'alice' });
  // It ended with its request.
  expect(await told(uploads[0]?.id ?? '')).toEqual([]);
});

test('nothing that anybody wrote is on record, and no secret', async () => {
  const kept = await rows<{ text: string }>(
    backends,
    'select audit_entries::text as text from audit_entries',
  );
  expect(kept.length).toBeGreaterThan(40);
  expect(kept.filter(({ text }) => /canary|plan\.pdf|business|ak_|https?:/.test(text))).toEqual([]);
});
