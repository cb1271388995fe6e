import { parse } from 'graphql';
import { openEventStream, type EventStreamOptions } from '../../src/graphql/event-stream.js';
import { makeToySchema, makeToySource } from '../support/toy-api.js';

async function open(
  overrides: Partial<EventStreamOptions> = {},
  source = makeToySource(),
  document = parse('subscription { events { value } }'),
) {
  const ends: string[] = [];
  const faults: unknown[] = [];
  const cleanupErrors: unknown[] = [];
  const stream = await openEventStream(
    { schema: makeToySchema(source), document },
    {
      contextForEvent: () => ({}),
      mayDeliver: () => Promise.resolve(true),
      onEnd: () => ends.push('end'),
      onFault: (fault) => faults.push(fault),
      retryDelaysMs: [],
      onCleanupError: (error) => cleanupErrors.push(error),
      ...overrides,
    },
  );
  if (!(Symbol.asyncIterator in stream)) throw new Error('no stream');
  return { stream, source, ends, faults, cleanupErrors };
}

const done = { done: true, value: undefined };

describe('a stream of events', () => {
  test('ends at once and for good, while the source is silent', async () => {
    const { stream, source, ends } = await open();
    const waiting = stream.next();
    expect(await stream.return()).toEqual(done);
    expect(await waiting).toEqual(done);
    expect(await stream.next()).toEqual(done);
    await stream.return();
    expect([source.openCount(), ends]).toEqual([0, ['end']]);
  });

  test('ends before its first event', async () => {
    const { stream, source, ends } = await open();
    expect(source.openCount()).toBe(1);
    await stream.return();
    expect([source.openCount(), ends]).toEqual([0, ['end']]);
  });

  test('ends in place of an event that may not be delivered', async () => {
    const { stream, source, ends } = await open({ mayDeliver: () => Promise.resolve(false) });
    source.push('secret');
    expect(await stream.next()).toEqual(done);
    expect([source.openCount(), ends]).toEqual([0, ['end']]);
  });

  test('drops an event that comes while it ends', async () => {
    let decide: (may: boolean) => void = () => undefined;
    const { stream, source } = await open({ mayDeliver: () => new Promise((resolve) => (decide = resolve)) });
    source.push('late');
    const waiting = stream.next();
    await stream.return();
    decide(true);
    expect(await waiting).toEqual(done);
  });

  test('rejects once when its source fails or nobody can tell who may see it', async () => {
    const failing = await open();
    const waiting = failing.stream.next();
    failing.source.fail(new Error('lost'));
    await expect(waiting).rejects.toThrow('lost');
    expect(await failing.stream.next()).toEqual(done);
    const unknown = await open({ mayDeliver: () => Promise.reject(new Error('unknown')) });
    unknown.source.push('one');
    await expect(unknown.stream.next()).rejects.toThrow('unknown');
    expect([failing.ends, unknown.ends, unknown.source.openCount()]).toEqual([['end'], ['end'], 0]);
  });

  test('tries an event again that fails for a reason that may pass, and tells it once', async () => {
    let tries = 0;
    const { stream, source, faults } = await open({
      retryDelaysMs: [1, 1],
      contextForEvent: () => ({}),
      mayDeliver: () => {
        tries += 1;
        return tries < 3 ? Promise.reject(new Error('database away')) : Promise.resolve(true);
      },
    });
    source.push('once');
    expect(await stream.next()).toMatchObject({ value: { data: { events: { value: 'once' } } } });
    expect(faults).toMatchObject([{ message: 'database away' }, { message: 'database away' }]);
    await stream.return();
  });

  test('tells a fault that stays, and goes on with the next event', async () => {
    const failing = parse('subscription { events { value fails } }');
    const { stream, source, faults } = await open({ retryDelaysMs: [1, 1] }, makeToySource(), failing);
    source.push('one');
    const told = await stream.next();
    expect(told).toMatchObject({ done: false, value: { errors: [{ path: ['events', 'fails'] }] } });
    expect(faults).toHaveLength(2);
    await stream.return();
  });

  test('ends at once while an event waits to be tried again', async () => {
    const { stream, source, faults } = await open({
      retryDelaysMs: [600_000],
      mayDeliver: () => Promise.reject(new Error('database away')),
    });
    source.push('one');
    const waiting = stream.next();
    while (faults.length === 0) await new Promise(setImmediate);
    await stream.return();
    expect(await waiting).toEqual(done);
  });

  test('reports a source that fails to end, and does not wait for one that never does', async () => {
    const rejecting = makeToySource();
    const opened = rejecting.open.bind(rejecting);
    rejecting.open = () => ({ ...opened(), return: () => Promise.reject(new Error('stuck')) });
    const { stream, cleanupErrors } = await open({}, rejecting);
    await stream.return();
    await new Promise(setImmediate);
    expect(cleanupErrors).toMatchObject([{ message: 'stuck' }]);
    const silent = makeToySource();
    const openedSilent = silent.open.bind(silent);
    silent.open = () => ({ ...openedSilent(), return: () => new Promise(() => undefined) });
    const second = await open({}, silent);
    expect(await second.stream.return()).toEqual(done);
    expect(second.ends).toEqual(['end']);
  });

  test('calls onEnd also when the source can not be opened', async () => {
    const ends: string[] = [];
    const result = await openEventStream(
      { schema: makeToySchema(makeToySource()), document: parse('subscription { neverOpens { value } }') },
      {
        contextForEvent: () => ({}),
        mayDeliver: () => Promise.resolve(true),
        onEnd: () => ends.push('end'),
        onFault: () => undefined,
        onCleanupError: () => undefined,
      },
    );
    expect('errors' in result && result.errors?.[0]?.message).toBe('Uploads are off for this agent.');
    expect(ends).toEqual(['end']);
  });
});
