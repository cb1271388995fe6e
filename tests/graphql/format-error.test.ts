import { GraphQLError, parse, Source } from 'graphql';
import { AppError } from '../../src/core/errors.js';
import { makeFormatError } from '../../src/graphql/format-error.js';
import { makeRecordingLog } from '../support/recording-log.js';

function setUp() {
  const log = makeRecordingLog();
  return { log, formatError: makeFormatError({ log }) };
}

const [field] = parse('{ a }').definitions;

describe('what a caller sees of an error', () => {
  test('is an AppError as it is, however deep it is wrapped', () => {
    const { log, formatError } = setUp();
    const error = new AppError('QUOTA_EXCEEDED', 'No room.', {
      extensions: { field: 'x', code: 'SOMETHING_ELSE' },
    });
    const wrapped = new GraphQLError('outer', {
      originalError: new GraphQLError('inner', { originalError: error }),
      path: ['a', 0],
    });
    expect(formatError(wrapped)).toEqual({
      message: 'No room.',
      path: ['a', 0],
      extensions: { field: 'x', code: 'QUOTA_EXCEEDED' },
    });
    expect(formatError(error)).toMatchObject({ message: 'No room.' });
    expect(log.lines).toEqual([]);
  });

  test('is nothing of the fault underneath, which is logged', () => {
    const { log, formatError } = setUp();
    const error = new AppError('STORAGE_UNAVAILABLE', 'Try again later.', { cause: new Error('CANARY') });
    expect(JSON.stringify(formatError(error, 'r1'))).not.toContain('CANARY');
    expect(log.lines).toMatchObject([{ level: 'warn', fields: { requestId: 'r1', error } }]);
  });

  test.each<[string, unknown]>([
    ['an error', new Error('CANARY')],
    ['an AppError that says it is internal', new AppError('INTERNAL_SERVER_ERROR', 'CANARY')],
    ['a wrapped error', new GraphQLError('CANARY', { originalError: new TypeError('CANARY') })],
    ['a GraphQLError of a resolver', new GraphQLError('CANARY', { path: ['a'] })],
    [
      'a GraphQLError of a resolver that pretends to have a code',
      new GraphQLError('CANARY', { path: ['a'], extensions: { code: 'BAD_USER_INPUT', secret: 'CANARY' } }),
    ],
    [
      'a scalar that cannot serialize',
      new GraphQLError('CANARY', { path: ['a'], originalError: new GraphQLError('CANARY') }),
    ],
    [
      'a masked error of the server',
      new GraphQLError('CANARY', { extensions: { code: 'INTERNAL_SERVER_ERROR' } }),
    ],
    ['a string', 'CANARY'],
    ['nothing', undefined],
    ['an object', { message: 'CANARY' }],
  ])('is masked for %s, which is logged with the same id', (_name, error) => {
    const { log, formatError } = setUp();
    const shown = formatError(error);
    expect(shown).toMatchObject({
      message: 'Something went wrong on our side.',
      extensions: {
        code: 'INTERNAL_SERVER_ERROR',
        requestId: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
      },
    });
    expect(JSON.stringify(shown)).not.toContain('CANARY');
    expect(log.lines).toMatchObject([
      { level: 'error', fields: { requestId: shown.extensions?.['requestId'] } },
    ]);
  });

  test('is a mistake in the request in its own words, with its code', () => {
    const { log, formatError } = setUp();
    const code = (error: GraphQLError) => formatError(error).extensions?.['code'];
    expect(code(new GraphQLError('x', { extensions: { code: 'GRAPHQL_PARSE_FAILED' } }))).toBe(
      'GRAPHQL_PARSE_FAILED',
    );
    expect(code(new GraphQLError('x', { extensions: { code: 'MADE_UP' } }))).toBe('BAD_USER_INPUT');
    expect(code(new GraphQLError('x'))).toBe('BAD_USER_INPUT');
    const argument = new GraphQLError('Argument "a" of non-null type "Int!" must not be null.', {
      path: ['a'],
      originalError: new GraphQLError('x', { nodes: field ?? null }),
    });
    expect(formatError(argument).extensions).toEqual({ code: 'BAD_USER_INPUT', field: 'a' });
    expect(log.lines).toEqual([]);
  });

  test.each([
    [
      'Variable "$input" got invalid value "x" at "input.file.sizeBytes"; Int cannot represent',
      'input.file.sizeBytes',
    ],
    ['Variable "$ids" got invalid value [1, {}] at "ids[1]"; ID cannot represent value', 'ids[1]'],
    ['Variable "$id" of required type "ID!" was not provided.', 'id'],
    ['Field "asset" argument "id" of type "ID!" is required, but it was not provided.', 'id'],
    ['Unknown argument "idd" on field "Query.asset".', 'idd'],
    ['Field "FileInput.sizeBytes" of required type "Int!" was not provided.', 'sizeBytes'],
    ['Cannot query field "x" on type "Query".', undefined],
  ])('names the field in %s', (message, expected) => {
    expect(setUp().formatError(new GraphQLError(message)).extensions?.['field']).toBe(expected);
  });

  test('keeps the beginning and the end of a message that quotes a huge value', () => {
    const message = `Variable "$a" got invalid value "${'x'.repeat(100_000)}"; Int cannot represent it`;
    const shown = setUp().formatError(
      new GraphQLError(message, { source: new Source('{ a }'), positions: [2] }),
    );
    expect(shown.message.length).toBeLessThan(600);
    expect(shown.message).toMatch(/^Variable "\$a".* Int cannot represent it$/);
    expect(shown.locations).toEqual([{ line: 1, column: 3 }]);
  });
});
