import { randomUUID } from 'node:crypto';
import type { SubscribePayload } from 'graphql-ws';
import type { WebSocket } from 'ws';
import type { Viewer } from '../core/viewer.js';
import { callAt } from './call-at.js';

/** How a socket is ended. graphql-ws clients come back after 1012, 1013 and 4403, and give up after the others. */
export const closes = {
  restart: [1012, 'Service restart'],
  tryAgainLater: [1013, 'Try again later'],
  badRequest: [4400, 'Invalid message received'],
  unauthorized: [4401, 'Unauthorized'],
  forbidden: [4403, 'Forbidden'],
  tooMany: [4429, 'Too many connections'],
} as const;

/** One operation of a socket, from its subscribe message to its end. */
export interface RunningOperation {
  /** The client's name for it. */
  readonly id: string;
  readonly requestId: string;
  readonly controller: AbortController;
}

/** One socket. It has a viewer from its acknowledgement on. */
export function makeSession(socket: WebSocket, address: string) {
  // By payload and not by id: a client may use an id again while the operation that had it still ends.
  const operations = new Map<SubscribePayload, RunningOperation>();
  const releases: (() => void)[] = [];
  let viewer: Viewer | undefined;

  /** Calling it again does nothing. */
  function end(payload: SubscribePayload): void {
    operations.get(payload)?.controller.abort();
    operations.delete(payload);
  }

  return {
    /** Where it was opened from. */
    address,
    /** undefined before the acknowledgement. */
    viewer: () => viewer,
    isOpen: () => socket.readyState === socket.OPEN,
    /** Nothing is sent any more after it; calling it again does nothing. */
    close: ([code, reason]: (typeof closes)[keyof typeof closes]) => socket.close(code, reason),
    /** Ends with the viewer's credential: 4403. `release` is called when the socket closes. */
    admit(admitted: Viewer, release: () => void): void {
      viewer = admitted;
      releases.push(release);
      if (admitted.expiresAt !== null) {
        releases.push(callAt(admitted.expiresAt, () => socket.close(...closes.forbidden)));
      }
    },
    operationCount: () => operations.size,
    findOperation: (payload: SubscribePayload) => operations.get(payload),
    begin(payload: SubscribePayload, id: string): RunningOperation {
      const operation = { id, requestId: randomUUID(), controller: new AbortController() };
      operations.set(payload, operation);
      return operation;
    },
    end,
    /** Its `requestId`, when something ran by that name. */
    endById(id: string): string | undefined {
      const [payload, operation] = [...operations].find(([, running]) => running.id === id) ?? [];
      if (payload !== undefined) end(payload);
      return operation?.requestId;
    },
    /** After the socket closed. */
    dispose(): void {
      for (const payload of [...operations.keys()]) end(payload);
      for (const release of releases.splice(0)) release();
    },
  };
}

export type Session = ReturnType<typeof makeSession>;
