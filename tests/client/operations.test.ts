import { AskfileError } from '../../src/client/index.js';
import { makeOperations } from '../../src/client/operations.js';
import type { Execute } from '../../src/client/http.js';
import type { Subscribe } from '../../src/client/subscriptions.js';
import { until } from '../support/until.js';

const operation = { name: 'Any', text: 'query Any { viewer { id } }' };
const policy = { minDelayMs: 1, maxDelayMs: 5, giveUpAfterMs: 1_000 };
const away = () => new AskfileError('SERVICE_UNREACHABLE', 'Away.');

/** Fails as often as is said, then answers with how often it was asked. */
function failing(times: number) {
  const asked = { count: 0 };
  const execute: Execute = <Result>() =>
    ++asked.count <= times ? Promise.reject(away()) : Promise.resolve(asked.count as Result);
  return { asked, execute };
}

const never: Subscribe = () => new Promise(() => undefined);

test('a query is tried again while the service is away; a mutation is sent once', async () => {
  const { asked, execute } = failing(2);
  const { query, mutate } = makeOperations({ execute, subscribe: never, policy });
  expect(await query(operation, {})).toBe(3);
  asked.count = 0;
  await expect(mutate(operation, {})).rejects.toMatchObject({ code: 'SERVICE_UNREACHABLE' });
  expect(asked.count).toBe(1);
});

/** A socket that is cut, or ended with an error, by hand. */
function makeSocket() {
  const connections: { tell: (event: never) => void; end: (error: unknown) => void }[] = [];
  const subscribe: Subscribe = (_operation, _variables, { onNext, signal }) =>
    new Promise((_, end) => {
      connections.push({ tell: onNext, end });
      signal?.addEventListener('abort', () => end(away()));
    });
  return { connections, subscribe };
}

function watchBy(subscribe: Subscribe) {
  const seen = { events: [] as unknown[], gaps: 0, errors: [] as unknown[] };
  const stop = makeOperations({ execute: failing(0).execute, subscribe, policy }).watch(
    operation,
    {},
    {
      onEvent: (event) => seen.events.push(event),
      onGap: () => (seen.gaps += 1),
      onError: (error) => seen.errors.push(error),
    },
  );
  return { seen, stop };
}

test('what is watched is followed through a lost connection, with word that something may be missing', async () => {
  const { connections, subscribe } = makeSocket();
  const { seen, stop } = watchBy(subscribe);
  await until(() => connections.length === 1);
  connections[0]?.tell('first' as never);
  expect(seen).toEqual({ events: ['first'], gaps: 0, errors: [] });
  connections[0]?.end(away());
  await until(() => connections.length === 2);
  connections[1]?.tell('second' as never);
  expect(seen).toEqual({ events: ['first', 'second'], gaps: 1, errors: [] });
  stop();
});

test('a refusal ends it for good; being stopped ends it without a word', async () => {
  const refused = makeSocket();
  const { seen } = watchBy(refused.subscribe);
  await until(() => refused.connections.length === 1);
  const error = new AskfileError('NOT_FOUND', 'The space does not exist.');
  refused.connections[0]?.end(error);
  await until(() => seen.errors.length > 0);
  expect(seen).toEqual({ events: [], gaps: 0, errors: [error] });

  const stopped = makeSocket();
  const other = watchBy(stopped.subscribe);
  await until(() => stopped.connections.length === 1);
  other.stop();
  await new Promise((resolve) => setImmediate(resolve));
  expect([other.seen, stopped.connections.length]).toEqual([{ events: [], gaps: 0, errors: [] }, 1]);
});
