import { randomBytes } from 'node:crypto';
import { makeKeyring } from '../../src/core/keyring.js';
import { makeCursors, pageArgs, toConnection } from '../../src/core/pagination.js';

describe('the arguments of a page', () => {
  test('are 20 from the start when nothing is said', () => {
    expect(pageArgs(undefined, undefined)).toEqual({ first: 20, after: undefined });
    expect(pageArgs(null, null, 50)).toEqual({ first: 50, after: undefined });
  });

  test.each([1, 100])('let %d through', (first) => {
    expect(pageArgs(first, 'x')).toEqual({ first, after: 'x' });
  });

  test.each([0, -1, 101, 1.5, NaN, Infinity])('refuse %d and name the field', (first) => {
    const refusal = { code: 'BAD_USER_INPUT', extensions: { field: 'first' } };
    expect(() => pageArgs(first, undefined)).toThrow(expect.objectContaining(refusal) as Error);
  });
});

describe('a connection', () => {
  const page = { first: 2, after: undefined };
  const encode = (node: string) => `cursor of ${node}`;

  test('drops the row too many and says that there is a next page', () => {
    expect(toConnection(['a', 'b', 'c'], page, encode)).toEqual({
      nodes: ['a', 'b'],
      edges: [
        { cursor: 'cursor of a', node: 'a' },
        { cursor: 'cursor of b', node: 'b' },
      ],
      pageInfo: {
        hasNextPage: true,
        hasPreviousPage: false,
        startCursor: 'cursor of a',
        endCursor: 'cursor of b',
      },
    });
  });

  test('of nothing has no cursors', () => {
    expect(toConnection([], { first: 2, after: 'x' }, encode).pageInfo).toEqual({
      hasNextPage: false,
      hasPreviousPage: true,
      startCursor: null,
      endCursor: null,
    });
  });

  test('makes no cursor that nobody asks for', () => {
    let made = 0;
    const connection = toConnection(['a', 'b', 'c'], page, (node) => `${node}${(made += 1)}`);
    expect([connection.nodes.length, connection.pageInfo.hasNextPage, made]).toEqual([2, true, 0]);
    expect([connection.pageInfo.endCursor, made]).toEqual(['b1', 1]);
  });
});

describe('a cursor', () => {
  const cursors = makeCursors(makeKeyring([{ id: 'k', key: randomBytes(32) }]));
  const bind = (list: string, orgId: string, filter?: object) =>
    cursors.bind<{ id: string }>(list, orgId, filter);
  const refusal = expect.objectContaining({
    code: 'BAD_USER_INPUT',
    extensions: { field: 'after' },
  }) as Error;
  const cursor = bind('assets', 'org1', { type: 'IMAGE', userId: 'alice' }).encode({ id: 'a1' });

  test('leads back to its place in its list', () => {
    expect(bind('assets', 'org1', { type: 'IMAGE', userId: 'alice' }).decode(cursor)).toEqual({ id: 'a1' });
  });

  test('is the same whatever the order in which the filter was written', () => {
    expect(bind('assets', 'org1', { userId: 'alice', type: 'IMAGE' }).decode(cursor)).toEqual({ id: 'a1' });
  });

  test('does not mind what the filter leaves out explicitly', () => {
    const filter = { userId: 'alice', type: 'IMAGE', mimeType: undefined };
    expect(bind('assets', 'org1', filter).decode(cursor)).toEqual({ id: 'a1' });
  });

  test('of nothing is the start', () => {
    expect(bind('assets', 'org1').decode(undefined)).toBeUndefined();
  });

  test.each([
    ['another list', bind('agents', 'org1', { type: 'IMAGE', userId: 'alice' })],
    ['another organization', bind('assets', 'org2', { type: 'IMAGE', userId: 'alice' })],
    ['another person', bind('assets', 'org1', { type: 'IMAGE', userId: 'bob' })],
    ['another filter', bind('assets', 'org1', { type: 'AUDIO', userId: 'alice' })],
    ['no filter', bind('assets', 'org1')],
  ])('is refused in %s', (_where, other) => {
    expect(() => other.decode(cursor)).toThrow(refusal);
  });

  test.each(['', 'x', 'eyJpZCI6ImExIn0', `${cursor}A`, cursor.slice(1)])(
    'that was made up is refused: %s',
    (made) => {
      expect(() => bind('assets', 'org1', { type: 'IMAGE', userId: 'alice' }).decode(made)).toThrow(refusal);
    },
  );
});
