const everyMs = 1_000;

/** Tells that something came into a space: once for what comes in quick succession. */
export function makeArrivals(onArrived: (spaceId: string) => void) {
  const spaceIds = new Set<string>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  return {
    add(spaceId: string): void {
      spaceIds.add(spaceId);
      timer ??= setTimeout(() => {
        timer = undefined;
        for (const id of spaceIds) onArrived(id);
        spaceIds.clear();
      }, everyMs);
    },

    close: (): void => clearTimeout(timer),
  };
}
