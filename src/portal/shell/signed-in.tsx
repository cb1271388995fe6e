import { useEffect, useEffectEvent, useState } from 'react';
import { AskfileError, type Viewer } from '../../client/index.js';
import { openDemoAgent, type DemoAgent } from '../demo/demo-agent.js';
import { makeKeptAsks } from '../demo/kept-asks.js';
import { makeNotifier } from '../state/notifier.js';
import { makeClient, openPortal, type Portal } from '../state/portal.js';
import { readDemoAgentKey, type ServiceInfo } from '../state/service.js';
import { makeUnlocking } from '../state/unlocking.js';
import type { Theme } from '../state/theme.js';
import { Notice, Unreachable } from './notice.js';
import { Shell } from './shell.js';

export interface SignedInProps {
  readonly token: string;
  readonly info: ServiceInfo;
  readonly theme: Theme;
  readonly onSignOut: (hasExpired: boolean) => void;
}

interface Opened {
  readonly portal: Portal;
  readonly demoAgent: DemoAgent | undefined;
}

/** Follows the requests of the token's person for as long as it is shown. */
export function SignedIn({ token, info, theme, onSignOut }: SignedInProps) {
  const [opened, setOpened] = useState<Opened | 'unreachable'>();
  const [tries, setTries] = useState(0);
  const [notifier] = useState(makeNotifier);

  const onError = useEffectEvent((error: unknown) => {
    const isOver = error instanceof AskfileError && error.code === 'UNAUTHENTICATED';
    if (isOver) onSignOut(true);
    else setOpened('unreachable');
  });

  useEffect(() => {
    const unlocking = makeUnlocking();
    const client = makeClient(token, unlocking.ask);
    let close = () => {};
    let isStale = false;
    const fail = (error: unknown) => {
      if (!isStale) onError(error);
    };
    const open = (viewer: Viewer) => {
      if (isStale) return;
      const portal = openPortal({
        client,
        unlocking,
        viewer,
        now: info.now,
        onNew: (prompts) => prompts.forEach(notifier.tell),
        onError: fail,
      });
      const demoAgent = info.demo === null ? undefined : openAgent(viewer.id);
      close = () => {
        portal.close();
        demoAgent?.close();
      };
      setOpened({ portal, demoAgent });
    };
    client.viewer().then(open, fail);
    return () => {
      isStale = true;
      close();
    };
  }, [token, tries, info, notifier]);

  if (opened === undefined) return <Notice title="Askfile" isBusy />;
  if (opened === 'unreachable') {
    return (
      <Unreachable
        onRetry={() => {
          setOpened(undefined);
          setTries(tries + 1);
        }}
      />
    );
  }
  return (
    <Shell
      portal={opened.portal}
      demoAgent={opened.demoAgent}
      notifier={notifier}
      theme={theme}
      onSignOut={() => onSignOut(false)}
    />
  );
}

function openAgent(userId: string): DemoAgent {
  const kept = makeKeptAsks(sessionStorage, userId);
  return openDemoAgent({ url: location.origin, userId, readKey: readDemoAgentKey, kept });
}
