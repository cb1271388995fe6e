import { useEffect, useEffectEvent, useState } from 'react';
import type { Viewer } from '../../client/index.js';
import { makeClient } from '../state/portal.js';

export interface FollowedLink {
  /** What was followed and not decided yet, if anything. */
  readonly token: string | undefined;
  /** Who is signed in; undefined while that is not known. */
  readonly current: Viewer | undefined;
  /** Whether it matters to them if somebody else goes on in their place. */
  readonly mayLose: () => boolean;
  readonly onSame: (linked: Viewer) => void;
  readonly onOther: (token: string) => void;
  /** It is good for nothing. */
  readonly onUseless: () => void;
}

/** Whom a link would sign in in the place of somebody else: the person has to say whether it should. */
export function useFollowedLink(followed: FollowedLink): Viewer | undefined {
  const { token, current, mayLose, onSame, onOther, onUseless } = followed;
  const [other, setOther] = useState<{ readonly token: string; readonly linked: Viewer }>();

  const decide = useEffectEvent((its: string, linked: Viewer | undefined) => {
    if (linked === undefined) onUseless();
    else if (linked.id === current?.id && linked.organization.id === current.organization.id) onSame(linked);
    else if (!mayLose()) onOther(its);
    else setOther({ token: its, linked });
  });

  const isKnown = current !== undefined;
  useEffect(() => {
    if (token === undefined || !isKnown) return;
    let isStale = false;
    void (async () => {
      const linked = await makeClient(token)
        .viewer()
        .catch(() => undefined);
      if (!isStale) decide(token, linked);
    })();
    return () => {
      isStale = true;
    };
  }, [token, isKnown]);

  return other !== undefined && other.token === token ? other.linked : undefined;
}
