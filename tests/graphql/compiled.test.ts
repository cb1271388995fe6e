import { makeApi, type Api } from '../support/api.js';
import { answer, request, seedHeart } from '../support/heart.js';
import { openBackends, openService, token, type TestBackends, type TestService } from '../support/service.js';

let backends: TestBackends;
let service: TestService;
let alice: Api;
let bob: Api;
let variables: Record<string, unknown>;

beforeAll(async () => {
  backends = await openBackends();
  service = await openService(backends, { works: false });
  const people = await seedHeart(service);
  alice = people.alice;
  bob = makeApi(service.url, await token('bob'));
  const open = await request(people.agent);
  const asset = await answer(alice, (await request(people.agent)).id);
  variables = { id: asset.id, promptId: open.id, first: 1, is: true };
});

afterAll(async () => {
  await service.close();
  await backends.close();
});

/** More often than a document must come before it is compiled. */
const times = 6;

/** Everything of an answer that a caller sees, each time that the same is asked. */
async function askAgain(by: Api, query: string, given: object): Promise<unknown[]> {
  const answers: unknown[] = [];
  for (let time = 0; time < times; time += 1) {
    const response = await fetch(`${by.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${by.credential}` },
      body: JSON.stringify({ query, variables: given }),
    });
    // Sealed anew each time.
    const text = (await response.text()).replace(/"(requestId|cursor|endCursor)":"[^"]*"/g, '"$1"');
    answers.push([response.status, response.headers.get('content-type'), text]);
  }
  return answers;
}

const files = `fragment File on Asset { __typename id urn filename sizeBytes description uploadedAt uploadedBy { kind name } }`;

/** Each by its text, with what it is to be given besides. */
const queries: Readonly<Record<string, { query: string; given?: object; isRefused?: boolean }>> = {
  'a list': {
    query: `query($first: Int) { agentAssets(first: $first) { edges { cursor node { id } } pageInfo { hasNextPage endCursor } } }`,
  },
  'fragments and aliases': {
    query: `query($id: ID) { one: asset(id: $id) { ...File } two: asset(id: $id) { ...File } } ${files}`,
  },
  'an interface': {
    query: `query($id: ID!) { node(id: $id) { __typename id ... on Asset { filename } ... on Upload { status } } }`,
  },
  'what there is not': {
    query: `{ asset(id: "none") { id } node(id: "none") { id } uploadPrompt(id: "none") { id } }`,
  },
  'fields left out': {
    query: `query($id: ID, $is: Boolean!) { asset(id: $id) { id filename @skip(if: $is) urn @include(if: $is) } }`,
  },
  'the other way about': {
    query: `query($id: ID, $is: Boolean!) { asset(id: $id) { id filename @skip(if: $is) urn @include(if: $is) } }`,
    given: { is: false },
  },
  'fields that are met again in a fragment': {
    query: `query($id: ID, $is: Boolean!, $isNot: Boolean!) {
      asset(id: $id) { filename @include(if: $isNot) id @skip(if: $is) ...Kind @include(if: $is) }
    } fragment Kind on Asset { type ... on Node { id } }`,
    given: { isNot: false },
  },
  'a default': {
    query: `query($first: Int = 1) { uploadPrompts(first: $first) { nodes { id agent { name uploadPolicy { allowedMimeTypes } } } } }`,
    given: { first: undefined },
  },
  'lists and enums': {
    query: `query($status: [UploadPromptStatus!]) { uploadPrompts(status: $status) { nodes { status allowedMimeTypes } } }`,
    given: { status: ['PENDING'] },
  },
  'a query by its name': { query: `query Me { viewer { id organization { name } agent { urn } } }` },
  introspection: {
    query: `{ __schema { queryType { name } } __type(name: "Asset") { fields { name type { kind ofType { name } } } } }`,
  },
  'a bad page': { query: `{ agentAssets(first: 1000) { nodes { id } } }`, isRefused: true },
  'a refusal beside an answer': {
    query: `query($promptId: ID!) { viewer { id } awaitUpload(promptId: $promptId, waitSeconds: 99) { outcome } }`,
    isRefused: true,
  },
  'a variable of another type': {
    query: `query($first: Int) { agentAssets(first: $first) { nodes { id } } }`,
    given: { first: 'one' },
    isRefused: true,
  },
  'a variable that is missing': {
    query: `query($id: ID!) { node(id: $id) { id } }`,
    given: { id: undefined },
    isRefused: true,
  },
};

test.each(Object.entries(queries))('%s: the same answer however often it is asked', async (_name, asked) => {
  const { query, given = {}, isRefused = false } = asked;
  for (const by of [alice, bob]) {
    const answers = await askAgain(by, query, { ...variables, ...given });
    expect(new Set(answers.map((one) => JSON.stringify(one))).size).toBe(1);
    expect(JSON.stringify(answers[0]).includes('errors')).toBe(isRefused);
  }
});

test('what changes between two answers is in the second', async () => {
  const query = 'query($id: ID!) { uploadPrompt(id: $id) { status seenAt } }';
  const { id } = await request((await seedHeart(service)).agent);
  const read = async () =>
    (await alice.get<{ uploadPrompt: { status: string } }>(query, { id })).uploadPrompt;
  for (let time = 0; time < times; time += 1) expect(await read()).toMatchObject({ status: 'PENDING' });
  await alice.get('mutation($id: ID!) { declineUpload(promptId: $id) { id } }', { id });
  expect(await read()).toMatchObject({ status: 'DECLINED' });
});
