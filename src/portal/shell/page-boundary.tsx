import { Component, useEffect, useEffectEvent, useRef, useState, type ReactNode } from 'react';
import { readServiceInfo } from '../state/service.js';
import { useStore } from '../state/store.js';
import { Button } from '../ui/button.js';
import { NotLoaded } from '../ui/later.js';
import { usePortal } from './portal-context.js';
import { useIsConnected } from './use-is-connected.js';

interface State {
  /** undefined while nothing has failed. */
  readonly error: unknown;
  readonly failures: number;
}

/**
 * What is left of a page that failed: most often a part of it that can't be loaded now, because the connection is
 * lost, or any more, because the service has been updated since the page was opened.
 */
export class PageBoundary extends Component<{ readonly children: ReactNode }, State> {
  override readonly state: State = { error: undefined, failures: 0 };

  static getDerivedStateFromError(error: unknown): Partial<State> {
    return { error };
  }

  override componentDidCatch(error: unknown): void {
    if (error instanceof NotLoaded) error.forget();
    this.setState(({ failures }) => ({ failures: failures + 1 }));
  }

  override render(): ReactNode {
    const { error, failures } = this.state;
    if (error === undefined) return this.props.children;
    if (!(error instanceof NotLoaded)) return <Failed />;
    return <Missing hasFailedAgain={failures > 1} onAgain={() => this.setState({ error: undefined })} />;
  }
}

function Failed() {
  return (
    <div className="page-failed" role="alert">
      <h1 className="page-title">This page could not be shown</h1>
      <p>Load it again; nothing of yours is lost.</p>
      <Button look="primary" onPress={() => location.reload()}>
        Load again
      </Button>
    </div>
  );
}

/** Tries again by itself once the connection is back. */
function Missing({ hasFailedAgain, onAgain }: { hasFailedAgain: boolean; onAgain: () => void }) {
  const { connection } = useStore(usePortal().feed.state);
  const isConnected = useIsConnected(connection);
  const wasConnected = useRef(isConnected);
  const [isBusy, setIsBusy] = useState(false);
  const again = useEffectEvent(onAgain);

  useEffect(() => {
    if (isConnected && !wasConnected.current) again();
    wasConnected.current = isConnected;
  }, [isConnected]);

  async function press(): Promise<void> {
    setIsBusy(true);
    const isThere = await readServiceInfo().then(
      () => true,
      () => false,
    );
    setIsBusy(false);
    // The service answers and yet has no such part: it has others now, which only a whole load knows of. Without
    // the service, a load would end with the page gone.
    if (isThere && hasFailedAgain) location.reload();
    else if (isThere) onAgain();
  }

  return (
    <div className="page-failed" role="alert">
      <h1 className="page-title">This could not be loaded</h1>
      <p>
        {isConnected
          ? 'Check your connection; nothing of yours is lost.'
          : 'It is shown as soon as the connection is back; nothing of yours is lost.'}
      </p>
      <Button look="primary" isPending={isBusy} onPress={() => void press()}>
        Try again
      </Button>
    </div>
  );
}
