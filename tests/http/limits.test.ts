import { getIntrospectionQuery } from 'graphql';
import { openGraphqlSocket } from '../support/graphql-socket.js';
import { startToyEdge, type GraphqlBody, type ToyEdge } from '../support/toy-edge.js';

let edge: ToyEdge;
let closed: ToyEdge;
beforeAll(async () => {
  edge = await startToyEdge();
  closed = await startToyEdge({ limits: { introspection: false } });
});
afterAll(() => Promise.all([edge.close(), closed.close()]));

type Ask = (query: string, to?: ToyEdge) => Promise<GraphqlBody>;

const overHttp: Ask = async (query, to = edge) => (await to.ask(query, { token: 'alice' })).body;

const overWebSocket: Ask = async (query, to = edge) => {
  const client = await openGraphqlSocket(to.socketUrl, { authorization: 'alice' });
  client.subscribe('1', query);
  const [message] = await client.receive('1');
  await client.close();
  return message?.type === 'error'
    ? { errors: message.payload as NonNullable<GraphqlBody['errors']> } // as the protocol has it
    : (message?.payload as GraphqlBody); // the same
};

const repeat = (count: number, each: (n: number) => string) =>
  Array.from({ length: count }, (_, n) => each(n));
const nest = (levels: number, inner: string, field = 'item') =>
  `${`${field} { `.repeat(levels)}${inner}${' }'.repeat(levels)}`;

const everyIntrospection = getIntrospectionQuery({
  descriptions: true,
  specifiedByUrl: true,
  directiveIsRepeatable: true,
  schemaDescription: true,
  inputValueDeprecation: true,
  oneOf: true,
});

const attacks: [name: string, query: string, says: RegExp][] = [
  ['a query that is too deep', `{ item { ${nest(12, 'id', 'parent')} } }`, /14 levels deep; 12 are allowed/],
  [
    'depth by way of fragments',
    `{ item { ...F0 } } ${repeat(12, (n) => `fragment F${n} on Item { parent { ${n === 11 ? 'id' : `...F${n + 1}`} } }`).join(' ')}`,
    /levels deep/,
  ],
  [
    'depth by way of inline fragments',
    `{ item { ... on Item { ${nest(12, 'id', 'parent')} } } }`,
    /levels deep/,
  ],
  [
    'too many aliases',
    `{ ${repeat(10, (n) => `a${n}: hello`).join(' ')} item { ${repeat(21, (n) => `b${n}: id`).join(' ')} } }`,
    /31 aliases; 30 are allowed/,
  ],
  [
    'too many fields at the top',
    `{ ${repeat(21, (n) => `a${n}: hello`).join(' ')} }`,
    /21 fields at its top; 20 are allowed/,
  ],
  [
    'fields at the top by way of a fragment',
    `{ ...F ...F ...F } fragment F on Query { ${repeat(7, (n) => `a${n}: hello`).join(' ')} }`,
    /21 fields at its top/,
  ],
  [
    'pages of pages',
    '{ items(first: 100) { nodes { items(first: 100) { nodes { id } } } } }',
    /may return \d+ objects; 10000 are allowed/,
  ],
  [
    'pages of a size that is not told',
    'query ($n: Int) { items(first: $n) { nodes { items(first: $n) { nodes { id } } } } }',
    /may return/,
  ],
  [
    'lists of lists',
    `{ item { ${nest(3, 'id', 'tags { item { tags { item')}${' } } }'.repeat(3)} } }`,
    /may return|levels deep/,
  ],
  [
    'fragments that grow exponentially',
    `{ item { ...F0 } } ${repeat(9, (n) => `fragment F${n} on Item { ${['a', 'b', 'c'].map((alias) => `${alias}: parent { ${n === 8 ? 'id' : `...F${n + 1}`} }`).join(' ')} }`).join(' ')}`,
    /may return \d+ objects/,
  ],
  [
    'the schema many times over',
    `{ ${repeat(20, (n) => `a${n}: __schema { types { fields { args { type { name } } } } }`).join(' ')} }`,
    /may return 32020 objects of introspection; 20000 are allowed/,
  ],
  [
    'all of every type twice in a document',
    `{ a: __schema { types { ...FullType } } b: __schema { types { ...FullType } } } ${everyIntrospection.slice(everyIntrospection.indexOf('fragment'))}`,
    /objects of introspection/,
  ],
  [
    'the lists of a type many times over',
    `{ __schema { types { ${repeat(4, (n) => `a${n}: fields { type { fields { type { name } } } }`).join(' ')} } } }`,
    /objects of introspection/,
  ],
  [
    'many types, each with all that its fields lead to',
    `{ ${repeat(10, (n) => `a${n}: __type(name: "Query") { ...T }`).join(' ')} } fragment T on __Type { fields { type { fields { args { type { name } } type { name } } } } }`,
    /objects of introspection/,
  ],
  ['too many tokens', `{ ${'hello '.repeat(1_000)} }`, /more that 1000 tokens/],
  [
    'a password tried again in one document',
    `mutation { ${repeat(20, (n) => `a${n}: unlockMemory(password: "${n}")`).join(' ')} }`,
    /Only one of/,
  ],
  [
    'passwords tried by different fields',
    'mutation { unlockMemory(password: "1") changeMemoryPassword(password: "2") }',
    /Only one of/,
  ],
  ...[
    'subscription ($a: Boolean!) { events @skip(if: $a) { value } }',
    'query Q { hello } subscription S { events @include(if: false) { value } }',
    'subscription { ... @include(if: true) { events { value } } }',
    'subscription ($a: Boolean!) { ...A } fragment A on Subscription { ...B } fragment B on Subscription { ...A events @skip(if: $a) { value } }',
  ].map((query): [string, string, RegExp] => [
    `a subscription to what may not be there: ${query}`,
    query,
    /takes no @skip and no @include/,
  ]),
  [
    'fragments in a circle',
    '{ item { ...A } } fragment A on Item { parent { ...B } } fragment B on Item { parent { ...A } }',
    /itself/,
  ],
];

const ordinary: [name: string, query: string][] = [
  ['the introspection query', getIntrospectionQuery()],
  ['the introspection query with all that it can ask for', everyIntrospection],
  [
    'some types beside other fields',
    `{ hello ${repeat(10, (n) => `a${n}: __type(name: "Item") { name fields { name type { name } } }`).join(' ')} }`,
  ],
  [
    'a whole page of the portal',
    '{ items(first: 20) { nodes { id parent { id parent { id } } tags { item { id tags { item { id } } } } items(first: 5) { nodes { id } } } } }',
  ],
  ['a hundred objects', '{ items(first: 100) { nodes { id parent { id } tags { item { id } } } } }'],
  ['the same fields again', `{ ${'hello '.repeat(15)} item { ${'id '.repeat(200)} } }`],
  ['one attempt of a password', 'mutation { unlockMemory(password: "1") rename(name: "x") }'],
  ['fields left out of a query', '{ hello @skip(if: true) item { id @include(if: false) } }'],
  ['nobody asking for type names', '{ __typename hello }'],
];

describe.each([
  ['HTTP', overHttp],
  ['WebSocket', overWebSocket],
] as const)('limits over %s', (_door, ask) => {
  test.each(attacks)('refuse %s', async (_name, query, says) => {
    const { data, errors = [] } = await ask(query);
    expect(data).toBeUndefined();
    expect(errors.map(({ message }) => message).join('\n')).toMatch(says);
    expect(errors[0]?.extensions['code']).toMatch(/^GRAPHQL_(VALIDATION|PARSE)_FAILED$/);
    expect(edge.logged.join('')).not.toContain('"level":"error"');
  });

  test.each(ordinary)('allow %s', async (_name, query) => {
    const { data, errors } = await ask(query);
    expect(errors).toBeUndefined();
    expect(data).toBeTruthy();
  });

  test('refuse introspection where it is switched off', async () => {
    const { errors = [] } = await ask('{ __schema { types { name } } }', closed);
    expect(errors[0]?.message).toMatch(/introspection/i);
    expect((await ask('{ hello }', closed)).data).toEqual({ hello: 'world' });
  });
});
