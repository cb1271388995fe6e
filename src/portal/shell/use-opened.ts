import { useEffect, useEffectEvent, useState } from 'react';
import { AskfileError, type Viewer } from '../../client/index.js';
import { openDemoAgent, type DemoAgent } from '../demo/demo-agent.js';
import { makeKeptAsks } from '../demo/kept-asks.js';
import { makeNotifier } from '../state/notifier.js';
import { makeClient, openPortal, type Portal } from '../state/portal.js';
import { readDemoAgentKey, type ServiceInfo } from '../state/service.js';
import type { SignIn } from '../state/sign-in.js';
import { makeUnlocking } from '../state/unlocking.js';

export interface Opened {
  readonly portal: Portal;
  readonly demoAgent: DemoAgent | undefined;
}

export interface UseOpenedOptions {
  readonly signIn: SignIn;
  readonly info: ServiceInfo;
  /** Its very first token is good for nothing: nobody knows yet whose it was. */
  readonly onRefused: () => void;
}

/** The portal of the person who is signed in, open for as long as the component is there. */
export function useOpened({ signIn, info, onRefused }: UseOpenedOptions) {
  const [opened, setOpened] = useState<Opened | 'unreachable'>();
  const [tries, setTries] = useState(0);
  const [notifier] = useState(makeNotifier);

  const onError = useEffectEvent((error: unknown) => {
    if (error instanceof AskfileError && error.code === 'UNAUTHENTICATED') onRefused();
    else setOpened('unreachable');
  });

  useEffect(() => {
    const unlocking = makeUnlocking();
    let portal: Portal | undefined;
    let close = () => {};
    let isStale = false;
    const fail = (error: unknown) => {
      if (!isStale) onError(error);
    };
    const client = makeClient(signIn.getToken, {
      onLocked: unlocking.ask,
      // Once it is known who that was, everything of theirs waits for them.
      onTokenRefused: async (refused) => portal !== undefined && signIn.whenRenewed(refused),
    });
    const open = (viewer: Viewer) => {
      if (isStale) return;
      const own = openPortal({
        client,
        unlocking,
        viewer,
        now: info.now,
        onNew: (prompts) => prompts.forEach(notifier.tell),
        onError: fail,
      });
      portal = own;
      const demoAgent = info.demo === null ? undefined : openAgent(viewer.id);
      const unsubscribe = signIn.state.subscribe(() => {
        if (!signIn.state.get().hasEnded) own.takeNextToken();
      });
      close = () => {
        unsubscribe();
        own.close();
        demoAgent?.close();
      };
      setOpened({ portal: own, demoAgent });
    };
    client.viewer().then(open, fail);
    return () => {
      isStale = true;
      close();
    };
  }, [signIn, tries, info, notifier]);

  return {
    opened,
    notifier,

    retry(): void {
      setOpened(undefined);
      setTries(tries + 1);
    },

    /** As their next token says: they may have another name now, or another role. */
    setViewer(viewer: Viewer): void {
      setOpened((before) =>
        before === undefined || before === 'unreachable'
          ? before
          : { ...before, portal: { ...before.portal, viewer } },
      );
    },
  };
}

function openAgent(userId: string): DemoAgent {
  const kept = makeKeptAsks(sessionStorage, userId);
  return openDemoAgent({ url: location.origin, userId, readKey: readDemoAgentKey, kept });
}
