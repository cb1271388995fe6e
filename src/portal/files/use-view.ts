import { useMemo } from 'react';
import { useSearchParams } from 'wouter';
import type { Place } from './place.js';
import { fitView, readView, widenView, writeView, type View } from './view.js';

/** Parameters of the address that open something in front of the list. */
const opened = 'file';
const enlarged = 'look';

/** What the address says is shown of the place, and how to change it. */
export function useView(place: Place) {
  const [params, setParams] = useSearchParams();
  const view = useMemo(() => fitView(place, readView(params)), [place, params]);
  /** The file whose details are shown. */
  const openId = params.get(opened) ?? undefined;

  const isOpen = openId !== undefined;
  const acts = useMemo(
    () => ({
      /** Another order or filter of the same place: going back leaves the place. */
      change: (to: Partial<View>) => setParams((now) => writeView(now, to), { replace: true }),
      widen: () => setParams(widenView, { replace: true }),

      /** Shows a file's details. */
      open: (id: string) => setParams((now) => set(now, { [opened]: id }), { replace: isOpen }),
      close: () => setParams((now) => set(now, { [opened]: null, [enlarged]: null }), { replace: true }),

      /** Lets the file fill the window. */
      enlarge: (id: string) => setParams((now) => set(now, { [opened]: id, [enlarged]: '1' })),
      /** The same with another one. */
      enlargeOther: (id: string) => setParams((now) => set(now, { [opened]: id }), { replace: true }),
      reduce: () => setParams((now) => set(now, { [enlarged]: null }), { replace: true }),
    }),
    [setParams, isOpen],
  );
  return { view, openId, isEnlarged: isOpen && params.get(enlarged) === '1', ...acts };
}

function set(params: URLSearchParams, values: Record<string, string | null>): URLSearchParams {
  const next = new URLSearchParams(params);
  for (const [name, value] of Object.entries(values)) {
    if (value === null) next.delete(name);
    else next.set(name, value);
  }
  return next;
}
