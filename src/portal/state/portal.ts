import { QueryCache, QueryClient } from '@tanstack/react-query';
import {
  AskfileError,
  createPortalClient,
  type PortalClient,
  type PortalClientOptions,
  type Token,
  type UploadPrompt,
  type Viewer,
} from '../../client/index.js';
import { makeAnswering, type Answering } from './answering.js';
import { makeClaims } from './claims.js';
import { openFeed, type Feed } from './feed.js';
import { makeKeptUploads } from '../uploads/kept-uploads.js';
import { makeUploadQueue, type UploadQueue } from '../uploads/upload-queue.js';
import { network } from './network.js';
import { makeUnfinished } from './unfinished.js';
import type { Unlocking } from './unlocking.js';

/** Everything of one sign-in. */
export interface Portal {
  readonly client: PortalClient;
  readonly viewer: Viewer;
  readonly feed: Feed;
  readonly answering: Answering;
  readonly unlocking: Unlocking;
  /** Into spaces. */
  readonly uploads: UploadQueue;
  /** What was read for this person, to be shown again at once. */
  readonly queries: QueryClient;
  /** By the service's clock, in ms since 1970. */
  readonly now: () => number;
  /** Files that were chosen to be sent and have not arrived: what `close` ends. */
  countUnsent(): number;
  /** The client has the person's next token: what was begun goes on, what was read is read again. */
  takeNextToken(): void;
  close(): void;
}

/** Of the service that the page is from. */
export function makeClient(
  token: Token,
  options: Pick<PortalClientOptions, 'onLocked' | 'onTokenRefused'> = {},
): PortalClient {
  return createPortalClient({ url: location.origin, token, ...options });
}

/** Follows the person's requests until `close`. */
export function openPortal(options: {
  client: PortalClient;
  unlocking: Unlocking;
  viewer: Viewer;
  now: () => number;
  onNew: (prompts: readonly UploadPrompt[]) => void;
  onError: (error: unknown) => void;
}): Portal {
  const { client, unlocking, viewer, now, onNew, onError } = options;
  // The type denies it, but browsers have none where the address has no https.
  const claims = makeClaims((navigator as Partial<Navigator>).locks);
  const answering = makeAnswering({
    client,
    unfinished: makeUnfinished(sessionStorage),
    claims,
    expectEnd: (promptId, succeeds) => feed.expectEnd(promptId, succeeds),
    now: () => performance.now(),
  });
  const feed = openFeed({ client, onNew, onError, onEnded: (promptId) => answering.end(promptId) });
  const queries = new QueryClient({
    // The client itself tries again what may succeed later.
    defaultOptions: { queries: { retry: false, staleTime: 5_000 }, mutations: { retry: false } },
    queryCache: new QueryCache({
      onError: (error) => {
        if (error instanceof AskfileError && error.code === 'UNAUTHENTICATED') onError(error);
      },
    }),
  });
  const uploads = makeUploadQueue({
    client,
    kept: makeKeptUploads(sessionStorage, claims),
    network,
    now: () => performance.now(),
    onArrived: (spaceId) => {
      void queries.invalidateQueries({ queryKey: ['files', 'list', { spaceId }] });
      void queries.invalidateQueries({ queryKey: ['files', 'place', spaceId] });
    },
  });
  return {
    queries,
    uploads,
    client,
    viewer,
    feed,
    answering,
    unlocking,
    now,
    countUnsent: () => answering.countSending() + uploads.countUnsent(),
    takeNextToken() {
      answering.takeNextToken();
      uploads.takeNextToken();
      void queries.invalidateQueries();
    },
    close() {
      feed.close();
      answering.close();
      unlocking.close();
      uploads.close();
      claims.close();
      queries.clear();
    },
  };
}
