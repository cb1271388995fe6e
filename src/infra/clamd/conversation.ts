import { connect, type Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { ScannerUnavailableError } from '../../domains/scanning/scanner.js';
import type { Answer } from './answer.js';

export interface ClamdAddress {
  readonly host: string;
  readonly port: number;
  /** A Unix socket's path, used instead of host and port. */
  readonly socket: string | null;
}

export interface ConversationOptions {
  readonly address: ClamdAddress;
  readonly connectTimeoutMs: number;
  readonly idleTimeoutMs: number;
  readonly signal: AbortSignal;
}

/** clamd's answers have one line; whoever writes more than this is none. */
const maxAnswerBytes = 4096;

/**
 * One connection to clamd, for one command. Every method throws `ScannerUnavailableError` when clamd refuses, breaks
 * off or keeps still for too long, and the signal's reason when it aborts. Whoever opens one destroys it.
 */
export async function openConversation({
  address,
  connectTimeoutMs,
  idleTimeoutMs,
  signal,
}: ConversationOptions) {
  const socket =
    address.socket === null ? connect(address.port, address.host) : connect({ path: address.socket });
  const answer = collectAnswer(socket);
  const onAbort = () => socket.destroy();
  signal.addEventListener('abort', onAbort, { once: true });

  function destroy(): void {
    signal.removeEventListener('abort', onAbort);
    socket.destroy();
  }

  /** Waits for something that clamd must do, `timeoutMs` at most. */
  async function expect<T>(what: string, timeoutMs: number, outcome: Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    try {
      const late = new Promise<never>((_resolve, reject) => {
        timer = setTimeout(
          () => reject(new ScannerUnavailableError(`clamd did not ${what} in time`)),
          timeoutMs,
        );
      });
      const result = await Promise.race([outcome, late]);
      signal.throwIfAborted();
      return result;
    } catch (error) {
      signal.throwIfAborted();
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  try {
    signal.throwIfAborted();
    await expect('accept the connection', connectTimeoutMs, connected(socket));
  } catch (error) {
    destroy();
    throw error;
  }

  return {
    /** Whether clamd has begun to answer, or has gone: then it reads no more, and sending is pointless. */
    isOver: () => answer.isOver(),
    /**
     * Resolves when the system has taken the bytes. What could not be sent shows in the answer, and so does whether
     * it began before `last` was on its way.
     */
    async send(bytes: Buffer, { last = false } = {}): Promise<void> {
      const written = write(socket, bytes).then((done) => {
        if (done && last) answer.finishSending();
      });
      await expect('read', idleTimeoutMs, Promise.race([written, answer.whole]));
      // Writing to a connection that clamd has closed would lose its answer: what has come in is read first.
      await setImmediate();
    },
    /** All that clamd says, once it has closed the connection, or that has broken. */
    answer: (): Promise<Answer> => expect('answer', idleTimeoutMs, answer.whole),
    destroy,
  };
}

function connected(socket: Socket): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', (cause) =>
      reject(new ScannerUnavailableError('clamd cannot be reached', { cause })),
    );
    socket.once('close', () => reject(new ScannerUnavailableError('clamd cannot be reached')));
  });
}

/** Whether the system took it. A failed write is no error: the connection then breaks, which ends the answer. */
function write(socket: Socket, bytes: Buffer): Promise<boolean> {
  return new Promise((resolve) => {
    if (socket.writable) socket.write(bytes, (error) => resolve(!error));
    else resolve(false);
  });
}

function collectAnswer(socket: Socket) {
  const pieces: Buffer[] = [];
  let bytes = 0;
  let sent = false;
  let early = false;
  let over = false;
  const whole = new Promise<Answer>((resolve) => {
    const settle = () => {
      over = true;
      resolve({ text: Buffer.concat(pieces).toString('latin1'), early });
    };
    socket.on('data', (piece: Buffer) => {
      over = true;
      if (!sent) early = true;
      pieces.push(piece);
      bytes += piece.length;
      if (bytes > maxAnswerBytes) socket.destroy();
    });
    socket.once('end', settle);
    // A reset comes as an error, then as this.
    socket.once('close', settle);
    socket.on('error', () => undefined);
  });
  return { whole, isOver: () => over, finishSending: () => void (sent = true) };
}
