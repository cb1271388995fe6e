/** What the page needs of the browser, so that tests can hand in other things. */
export interface Address {
  readonly hash: string;
  readonly pathname: string;
  readonly search: string;
}

const storageKey = 'askfile.token';

/**
 * The token that a platform has put behind `#token=`, which servers and logs never see. It is taken out of the
 * address at once, so that it is neither bookmarked nor found in the history.
 */
export function takeToken(address: Address, history: Pick<History, 'replaceState'>): string | undefined {
  const token = new URLSearchParams(address.hash.slice(1)).get('token') ?? undefined;
  if (token !== undefined) history.replaceState(null, '', address.pathname + address.search);
  return token === '' ? undefined : token;
}

/** The sign-in of this tab: gone with the tab, and never another tab's. */
export function makeKeptToken(storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>) {
  return {
    read: (): string | undefined => storage.getItem(storageKey) ?? undefined,
    keep: (token: string): void => storage.setItem(storageKey, token),
    forget: (): void => storage.removeItem(storageKey),
  };
}

export type KeptToken = ReturnType<typeof makeKeptToken>;
