import type { WebSocket } from 'ws';

const slotCount = 45;

/**
 * Pings every socket once per interval and terminates those that gave no sign of life since the last ping: a
 * peer that vanished is found within two intervals. One timer for all, and a random slot for each socket, so
 * that ten thousand that connected together aren't pinged together.
 */
export function makeHeartbeat(intervalMs: number) {
  const slots = Array.from({ length: slotCount }, () => new Set<{ alive: boolean; socket: WebSocket }>());
  let current = 0;

  const timer = setInterval(() => {
    current = (current + 1) % slotCount;
    for (const peer of slots[current] ?? []) {
      if (peer.alive) peer.socket.ping();
      else peer.socket.terminate();
      peer.alive = false;
    }
  }, intervalMs / slotCount);
  timer.unref();

  return {
    /** Until the socket closes. */
    follow(socket: WebSocket): void {
      const peer = { alive: true, socket };
      const slot = slots[Math.floor(Math.random() * slotCount)];
      const prove = () => (peer.alive = true);
      socket.on('pong', prove).on('message', prove);
      socket.once('close', () => slot?.delete(peer));
      slot?.add(peer);
    },
    close: () => clearInterval(timer),
  };
}
