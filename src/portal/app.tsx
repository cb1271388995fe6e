import { useEffect, useEffectEvent, useState } from 'react';
import { readServiceInfo, type ServiceInfo } from './state/service.js';
import { takeToken, type KeptToken } from './state/session.js';
import { makeSignIn } from './state/sign-in.js';
import type { Theme } from './state/theme.js';
import { Notice, Unreachable } from './shell/notice.js';
import { SignInPage } from './shell/sign-in-page.js';
import { SignedIn } from './shell/signed-in.js';

export interface AppProps {
  /** Of the link that led here. */
  readonly linkToken: string | undefined;
  readonly kept: KeptToken;
  readonly theme: Theme;
}

/** Which of the page's states is shown: not reached yet, nobody signed in, somebody. */
export function App({ linkToken, kept, theme }: AppProps) {
  const [info, setInfo] = useState<ServiceInfo | 'unreachable'>();
  const [tries, setTries] = useState(0);
  const [signIn, setSignIn] = useState(() => {
    const token = kept.read() ?? linkToken;
    return token === undefined ? undefined : makeSignIn(token);
  });
  /** Of a link that was followed while somebody is signed in. */
  const [link, setLink] = useState(() => (kept.read() === undefined ? undefined : linkToken));
  const [hasExpired, setHasExpired] = useState(false);

  const follow = useEffectEvent((token: string) => {
    if (signIn === undefined) start(token);
    else setLink(token);
  });

  // A link that is followed while the page is open changes only what is behind the #.
  useEffect(() => {
    const look = () => {
      const token = takeToken(location, history);
      if (token !== undefined) follow(token);
    };
    window.addEventListener('hashchange', look);
    return () => window.removeEventListener('hashchange', look);
  }, []);

  // The tab keeps the token that is good: not one that was refused.
  useEffect(() => {
    const keep = () => {
      const state = signIn?.state.get();
      if (state === undefined || state.hasEnded) kept.forget();
      else kept.keep(state.token);
    };
    keep();
    return signIn?.state.subscribe(keep);
  }, [signIn, kept]);

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

  /** As whoever the token says, in the place of whoever was signed in. */
  function start(token: string): void {
    signIn?.close();
    setSignIn(makeSignIn(token));
    setLink(undefined);
    setHasExpired(false);
  }

  function signOut(isExpired: boolean): void {
    // Whoever follows a link is signed in by it.
    if (link !== undefined) return start(link);
    signIn?.close();
    setSignIn(undefined);
    setHasExpired(isExpired);
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
  if (signIn === undefined)
    return <SignInPage info={info} hasExpired={hasExpired} onToken={start} theme={theme} />;
  return (
    <SignedIn
      key={signIn.firstToken}
      signIn={signIn}
      link={link}
      info={info}
      theme={theme}
      onLink={setLink}
      onOther={start}
      onSignOut={signOut}
    />
  );
}
