import { makeStore, type Readable } from './store.js';

export interface SignInState {
  readonly token: string;
  /** The service has refused the token: everything waits for another one of the same person. */
  readonly hasEnded: boolean;
}

export type SignIn = ReturnType<typeof makeSignIn>;

/** How one person is signed in, by one token after the other, until `close`. */
export function makeSignIn(firstToken: string) {
  const store = makeStore<SignInState>({ token: firstToken, hasEnded: false });
  const waiting: ((isRenewed: boolean) => void)[] = [];
  let isClosed = false;

  function settle(isRenewed: boolean): void {
    for (const resolve of waiting.splice(0)) resolve(isRenewed);
  }

  return {
    firstToken,
    state: store as Readable<SignInState>,

    getToken: (): string => store.get().token,

    /** See `OnTokenRefused` of the client. */
    async whenRenewed(refused: string): Promise<boolean> {
      if (isClosed) return false;
      // It was on its way while the next one came.
      if (refused !== store.get().token) return true;
      store.set({ token: refused, hasEnded: true });
      return new Promise((resolve) => {
        waiting.push(resolve);
      });
    },

    /** The same person's next token: whatever waits goes on. */
    renew(token: string): void {
      store.set({ token, hasEnded: false });
      settle(true);
    },

    /** Nothing waits any more. */
    close(): void {
      isClosed = true;
      settle(false);
    },
  };
}
