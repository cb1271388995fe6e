import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { maxOpenFiles } from './support/machine.js';
import type { Measurement } from './support/measurement.js';
import { makeTempDir, type PartOptions } from './support/part.js';
import type { Scope } from './support/scope.js';
import type { OpenSockets, SocketsOpened } from './support/socket-clients.js';
import { startService } from './support/service.js';

/** Files that a process has open besides its sockets, with room. */
const otherFiles = 500;
/** First of all a few, so that what is loaded and compiled once is not counted. */
const warmUpSockets = 100;
/** In which the check of what subscribers wait for, every 15 s, runs once. */
const idleSeconds = 15;

/** What an idle socket with a subscription to `uploadPrompts` costs, and what many of them do. */
export async function measureSockets({ quick, scope }: PartOptions): Promise<Measurement[]> {
  const count = quick ? 1_000 : 5_000;
  const limit = maxOpenFiles();
  if (limit < count + otherFiles) {
    throw new Error(
      `${count} sockets take some ${count + otherFiles} open files in one process, and ${limit} are allowed. ` +
        `Raise the limit (ulimit -n ${count + otherFiles}), or take fewer sockets with --quick.`,
    );
  }
  const dataDir = await makeTempDir(scope);

  // A process that has had these sockets already would put new ones where the former ones were, so the people
  // become known to one process, and another one is measured.
  const first = await startService({ scope, dataDir });
  const newcomers = startClients(scope);
  const firstMs = await newcomers.open({ url: first.url, prefix: 'person', count });
  newcomers.stop();
  await first.close();

  const service = await startService({ scope, dataDir });
  const clients = startClients(scope);
  await clients.open({ url: service.url, prefix: 'warm-up', count: warmUpSockets });
  const empty = await service.stateAfterGc();
  const connectMs = await clients.open({ url: service.url, prefix: 'person', count });
  const full = await service.stateAfterGc();
  const idleFrom = await service.state();
  await delay(idleSeconds * 1000);
  const idleTo = await service.state();
  clients.stop();

  const perSocket = (from: number, to: number) => [(to - from) / count / 1000];
  const sockets = `${count.toLocaleString('en-US')} sockets`;
  return [
    {
      name: 'idle socket: memory',
      unit: 'KB',
      values: perSocket(empty.rssBytes, full.rssBytes),
      how: `growth of the server’s RSS by ${sockets} of as many people, ÷ that; both after gc()`,
    },
    {
      name: 'idle socket: heap',
      unit: 'KB',
      values: perSocket(empty.heapBytes, full.heapBytes),
      how: 'the part of it in V8’s heap',
    },
    {
      name: 'connects, people known',
      unit: '1/s',
      values: [(count / connectMs) * 1000],
      how: `${sockets}, 64 at a time: connect, init, subscribe, snapshot`,
    },
    {
      name: 'connects, first sight',
      unit: '1/s',
      values: [(count / firstMs) * 1000],
      how: 'the same, where each person is new to the database',
    },
    {
      name: `${sockets}, idle: CPU`,
      unit: '% of a core',
      values: [(idleTo.cpuMs - idleFrom.cpuMs) / idleSeconds / 10],
      how: `of the server’s process over ${idleSeconds} s: pings, sweeps, one check of all`,
    },
  ];
}

function startClients(scope: Scope) {
  const script = fileURLToPath(new URL('support/socket-clients.ts', import.meta.url));
  const child = fork(script, { execArgv: ['--import', 'tsx'] });
  const ended = once(child, 'exit');
  scope.defer(async () => {
    child.kill();
    await ended;
  });
  return {
    /** Resolves with the ms it took; they stay open. */
    async open(sockets: OpenSockets): Promise<number> {
      const answer = once(child, 'message');
      child.send(sockets);
      // It sends nothing else.
      const [opened] = (await answer) as [SocketsOpened];
      if ('error' in opened) throw new Error(opened.error);
      return opened.ms;
    },
    stop: () => void child.kill(),
  };
}
