import { connect, type Socket } from 'node:net';

export interface LoadOptions {
  readonly port: number;
  /** A whole request, head and body, that asks to keep the connection. */
  readonly request: string;
  readonly connections: number;
  readonly seconds: number;
}

/**
 * Asks the same over a few connections, each as soon as the last answer is there, and counts the answers. On bare
 * sockets, because an HTTP client would take the CPU that the server needs on a machine of two cores. Throws at
 * any answer but a 200 with a content-length.
 */
export async function applyLoad(options: LoadOptions): Promise<{ answers: number; seconds: number }> {
  const startedAt = performance.now();
  const until = startedAt + options.seconds * 1000;
  const answers = await Promise.all(
    Array.from({ length: options.connections }, () => askUntil(until, options)),
  );
  return {
    answers: answers.reduce((sum, count) => sum + count, 0),
    seconds: (performance.now() - startedAt) / 1000,
  };
}

async function askUntil(until: number, { port, request }: LoadOptions): Promise<number> {
  const socket = connect({ host: '127.0.0.1', port, noDelay: true });
  try {
    return await new Promise<number>((resolve, reject) => {
      let answers = 0;
      const ask = () => socket.write(request);
      socket.once('connect', ask).once('error', reject);
      socket.once('close', () => reject(new Error('The server closed a connection under load.')));
      readAnswers(socket, reject, () => {
        answers += 1;
        if (performance.now() < until) ask();
        else resolve(answers);
      });
    });
  } finally {
    socket.destroy();
  }
}

/** Calls `onAnswer` after each whole answer; one is under way at a time. */
function readAnswers(socket: Socket, onError: (error: Error) => void, onAnswer: () => void): void {
  let head = '';
  let missingBytes = -1; // below 0: still in the head
  socket.on('data', (chunk) => {
    let bodyBytes = chunk.length;
    if (missingBytes < 0) {
      head += chunk.toString('latin1');
      const end = head.indexOf('\r\n\r\n');
      if (end < 0) return;
      const length = /^content-length: (\d+)/im.exec(head.slice(0, end))?.[1];
      if (!head.startsWith('HTTP/1.1 200 ') || length === undefined) {
        onError(new Error(`Not the answer that was expected:\n${head}`));
        return;
      }
      bodyBytes = head.length - end - 4;
      missingBytes = Number(length);
      head = '';
    }
    missingBytes -= bodyBytes;
    if (missingBytes > 0) return;
    missingBytes = -1;
    onAnswer();
  });
}
