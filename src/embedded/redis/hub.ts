import { matchesGlob } from './glob.js';
import { bulk, bulks, array } from './replies.js';

/** Someone who receives what is published: a connection. */
export interface Receiver {
  push(frame: Buffer): void;
}

type Index = Map<string, Set<Receiver>>;

/** Who listens to what. Names are latin1 text of their bytes. */
export interface Hub {
  readonly channels: Index;
  readonly patterns: Index;
  add(index: Index, name: string, receiver: Receiver): void;
  remove(index: Index, name: string, receiver: Receiver): void;
  /** Returns to how many it was sent; who listens in two ways counts and receives twice. */
  publish(channel: string, message: Buffer): number;
}

export function makeHub(): Hub {
  const channels: Index = new Map();
  const patterns: Index = new Map();
  return {
    channels,
    patterns,
    add(index, name, receiver) {
      const receivers = index.get(name);
      if (receivers === undefined) index.set(name, new Set([receiver]));
      else receivers.add(receiver);
    },
    remove(index, name, receiver) {
      const receivers = index.get(name);
      receivers?.delete(receiver);
      if (receivers?.size === 0) index.delete(name);
    },
    publish(channel, message) {
      let count = 0;
      const deliver = (receivers: Set<Receiver>, frame: Buffer) => {
        // A copy, because a receiver that is too slow is dropped, and leaves the set, while we go through it.
        for (const receiver of [...receivers]) receiver.push(frame);
        count += receivers.size;
      };
      const direct = channels.get(channel);
      if (direct !== undefined) deliver(direct, bulks(['message', channel, message]));
      for (const [pattern, receivers] of patterns) {
        if (!matchesGlob(pattern, channel)) continue;
        deliver(receivers, array([bulk('pmessage'), bulk(pattern), bulk(channel), bulk(message)]));
      }
      return count;
    },
  };
}
