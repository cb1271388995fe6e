/** A request that the demo's agent waits for. */
export interface KeptAsk {
  readonly promptId: string;
  readonly text: string;
}

const maxKept = 10;

/** What the demo's agent has asked one person in this tab, the oldest first; kept across a reload. */
export function makeKeptAsks(storage: Pick<Storage, 'getItem' | 'setItem'>, userId: string) {
  const key = `askfile.demo.${userId}`;
  // Written below, by this same page.
  const list = () => JSON.parse(storage.getItem(key) ?? '[]') as readonly KeptAsk[];
  return {
    list,
    /** Again, it changes nothing. */
    add(ask: KeptAsk): void {
      const kept = list();
      if (kept.some(({ promptId }) => promptId === ask.promptId)) return;
      storage.setItem(key, JSON.stringify([...kept, ask].slice(-maxKept)));
    },
  };
}

export type KeptAsks = ReturnType<typeof makeKeptAsks>;
