import { useEffect, useState } from 'react';
import { readServiceInfo, type ServiceInfo } from './state/service.js';
import { takeToken, type KeptToken } from './state/session.js';
import type { Theme } from './state/theme.js';
import { ConfirmSwitch } from './shell/confirm-switch.js';
import { Notice, Unreachable } from './shell/notice.js';
import { SignIn } from './shell/sign-in.js';
import { SignedIn } from './shell/signed-in.js';

export interface AppProps {
  /** Of the link that led here. */
  readonly linkToken: string | undefined;
  readonly kept: KeptToken;
  readonly theme: Theme;
}

/** Which of the page's states is shown: not reached yet, nobody signed in, two to choose from, signed in. */
export function App({ linkToken, kept, theme }: AppProps) {
  const [info, setInfo] = useState<ServiceInfo | 'unreachable'>();
  const [tries, setTries] = useState(0);
  const [link, setLink] = useState(linkToken);
  const [token, setToken] = useState(() => kept.read());
  const [hasExpired, setHasExpired] = useState(false);

  // A link that is followed while the page is open changes only what is behind the #.
  useEffect(() => {
    const follow = () => {
      const token = takeToken(location, history);
      if (token !== undefined) setLink(token);
    };
    window.addEventListener('hashchange', follow);
    return () => window.removeEventListener('hashchange', follow);
  }, []);

  useEffect(() => {
    let isStale = false;
    readServiceInfo().then(
      (found) => !isStale && setInfo(found),
      () => !isStale && setInfo('unreachable'),
    );
    return () => {
      isStale = true;
    };
  }, [tries]);

  function signIn(next: string): void {
    kept.keep(next);
    setToken(next);
    setLink(undefined);
    setHasExpired(false);
  }

  function signOut(expired: boolean): void {
    kept.forget();
    setToken(undefined);
    setHasExpired(expired);
  }

  if (info === undefined) return <Notice title="Askfile" isBusy />;
  if (info === 'unreachable') {
    return (
      <Unreachable
        onRetry={() => {
          setInfo(undefined);
          setTries(tries + 1);
        }}
      />
    );
  }
  if (link !== undefined) {
    return (
      <ConfirmSwitch
        token={link}
        keptToken={token}
        onTake={() => signIn(link)}
        onKeep={() => setLink(undefined)}
      />
    );
  }
  if (token === undefined)
    return <SignIn info={info} hasExpired={hasExpired} onToken={signIn} theme={theme} />;
  return <SignedIn key={token} token={token} info={info} theme={theme} onSignOut={signOut} />;
}
