import { once } from 'node:events';
import { createServer, connect } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';

type Mode =
  | { kind: 'open' | 'stalled' | 'reset' }
  | { kind: 'cut' | 'cut-sent'; afterBytes: number }
  | { kind: 'reset-soon'; leftAnswers: number };

/**
 * A TCP proxy on a free loopback port that misbehaves on demand, for tests of anything that talks to a server.
 * A fault holds for connections that are open and for those to come, until `heal()`.
 */
export async function makeTcpProxy({ to }: { to: { host: string; port: number } }) {
  let mode: Mode = { kind: 'open' };
  let healed = () => {};
  let whenHealed = Promise.resolve();
  /** Each client's socket, with the one that it is joined to. */
  const pairs = new Map<Socket, Socket>();

  const server = createServer((client) => {
    if (mode.kind === 'reset') {
      client.resetAndDestroy();
      return;
    }
    const upstream = connect(to.port, to.host);
    pairs.set(client, upstream);
    let answeredBytes = 0;
    let sentBytes = 0;
    const gate = (isAnswer: boolean) =>
      new Transform({
        transform(chunk: Buffer, _encoding, forward) {
          void whenHealed.then(() => {
            if (isAnswer && mode.kind === 'cut' && answeredBytes + chunk.length >= mode.afterBytes) {
              // What fits is flushed, then FIN: the peer sees a connection closed too early.
              client.end(chunk.subarray(0, Math.max(0, mode.afterBytes - answeredBytes)), () =>
                client.destroy(),
              );
              return;
            }
            if (!isAnswer && mode.kind === 'cut-sent' && sentBytes + chunk.length >= mode.afterBytes) {
              upstream.end(chunk.subarray(0, Math.max(0, mode.afterBytes - sentBytes)), drop);
              return;
            }
            if (isAnswer && mode.kind === 'reset-soon' && (mode.leftAnswers -= 1) <= 0) {
              resetAll();
              return;
            }
            if (isAnswer) answeredBytes += chunk.length;
            else sentBytes += chunk.length;
            forward(null, chunk);
          });
        },
      });
    const drop = () => {
      pairs.delete(client);
      client.destroy();
      upstream.destroy();
    };
    client.once('close', drop);
    upstream.once('close', drop);
    // Failing is what these connections are for: whoever uses them sees it at its own end.
    pipeline(client, gate(false), upstream).catch(drop);
    pipeline(upstream, gate(true), client).catch(drop);
  });

  async function listen(port: number): Promise<number> {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port; // Of a TCP server that listens, never a string.
  }
  function dropAll(): void {
    for (const client of pairs.keys()) client.destroy();
  }
  function resetAll(): void {
    mode = { kind: 'reset' };
    for (const client of pairs.keys()) client.resetAndDestroy();
  }
  const port = await listen(0);

  return {
    host: '127.0.0.1',
    port,
    /** How many connections stand now. */
    connections: () => pairs.size,
    /** Each connection is closed once it has answered `n` bytes in all. */
    cutAfterBytes(n: number): void {
      mode = { kind: 'cut', afterBytes: n };
    },
    /** Each connection is closed, towards both, once `n` bytes in all have been sent over it. */
    cutAfterSentBytes(n: number): void {
      mode = { kind: 'cut-sent', afterBytes: n };
    },
    /** Connections are taken and held; no byte passes, either way. */
    stall(): void {
      mode = { kind: 'stalled' };
      whenHealed = new Promise((resolve) => (healed = resolve));
    },
    /** Nobody listens, and what was open is closed. */
    async refuse(): Promise<void> {
      if (!server.listening) return;
      server.close();
      dropAll();
      await once(server, 'close');
    },
    /** RST, at once and for every new connection. */
    reset: resetAll,
    /** The same in place of the nth answer from now on, over all connections: what it would have told was done. */
    resetAtAnswer(n: number): void {
      mode = { kind: 'reset-soon', leftAnswers: n };
    },
    async heal(): Promise<void> {
      mode = { kind: 'open' };
      healed();
      if (!server.listening) await listen(port);
    },
    async close(): Promise<void> {
      healed();
      if (!server.listening) return;
      server.close();
      dropAll();
      await once(server, 'close');
    },
  };
}

export type TcpProxy = Awaited<ReturnType<typeof makeTcpProxy>>;
