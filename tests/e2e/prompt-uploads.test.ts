import type { Api } from '../support/api.js';
import {
  abortMutation,
  anotherDevice,
  begin,
  complete,
  declineMutation,
  fileOf,
  pdf,
  request,
  seedHeart,
} from '../support/heart.js';
import { requestSeveral, sent, submit } from '../support/several.js';
import { openBackends, openService, type TestBackends, type TestService } from '../support/service.js';

let backends: TestBackends;
let service: TestService;
let agent: Api;
let alice: Api;

beforeAll(async () => {
  backends = await openBackends();
  service = await openService(backends);
  ({ agent, alice } = await seedHeart(service));
});

afterAll(async () => {
  await service.close();
  await backends.close();
});

const file = { ...fileOf(pdf()), filename: 'diagnosis.pdf' };

interface SeenUpload {
  id: string;
  filename: string;
  request: { url: string } | null;
}

const uploadFields = 'id filename request { url }';

/** What of a prompt's uploads somebody sees by the prompt: the same that they see by each id. */
async function seenBy(api: Api, promptId: string, ...uploadIds: string[]): Promise<SeenUpload[]> {
  const ofPrompt = `query($id: ID!) { uploadPrompt(id: $id) { uploads { ${uploadFields} } } }`;
  const { uploadPrompt } = await api.get<{ uploadPrompt: { uploads: SeenUpload[] } }>(ofPrompt, {
    id: promptId,
  });
  const seenById = await Promise.all(
    uploadIds.map(async (id) => {
      const query = `query($id: ID!) { upload(id: $id) { id } }`;
      return (await api.get<{ upload: { id: string } | null }>(query, { id })).upload?.id;
    }),
  );
  expect(seenById.filter((id) => id !== undefined)).toEqual(uploadPrompt.uploads.map(({ id }) => id));
  return uploadPrompt.uploads;
}

const namesSeenBy = async (api: Api, promptId: string, ...uploadIds: string[]) =>
  (await seenBy(api, promptId, ...uploadIds)).map(({ filename }) => filename);

test('only the session that uploads has the URL; the App does not see that there is one', async () => {
  const { id } = await request(agent);
  const upload = await begin(alice, id, file);
  expect(await seenBy(agent, id, upload.id)).toEqual([]);
  expect(await seenBy(await anotherDevice(alice), id, upload.id)).toEqual([
    { id: upload.id, filename: 'diagnosis.pdf', request: null },
  ]);
  const [own] = await seenBy(alice, id, upload.id);
  expect(own?.request?.url).toContain('http');
});

test('the App is not told the name of a file that was not handed over', async () => {
  const { id } = await request(agent);
  const upload = await begin(alice, id, file);
  await alice.get(abortMutation, { id: upload.id });
  await alice.get(declineMutation, { id });
  expect(await namesSeenBy(agent, id, upload.id)).toEqual([]);
  expect(await namesSeenBy(alice, id, upload.id)).toEqual(['diagnosis.pdf']);
});

test('the App sees an upload from the moment in which its file is handed over', async () => {
  const { id } = await requestSeveral(agent, { minFiles: 1 });
  const dropped = await sent(alice, id, 'dropped.pdf');
  const kept = await sent(alice, id, 'kept.pdf');
  await complete(alice, dropped.id);
  await complete(alice, kept.id);
  await alice.get(abortMutation, { id: dropped.id });
  expect(await namesSeenBy(agent, id, dropped.id, kept.id)).toEqual([]);
  await submit(alice, id);
  expect(await namesSeenBy(agent, id, dropped.id, kept.id)).toEqual(['kept.pdf']);
});
