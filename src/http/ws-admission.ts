import { AppError } from '../core/errors.js';
import type { Log } from '../core/log.js';
import type { Viewer } from '../core/viewer.js';
import type { Authenticate } from './caller.js';
import { makeSeats } from './ws-seats.js';
import { closes, type Session } from './ws-session.js';

export interface AdmissionOptions {
  readonly authenticate: Authenticate;
  /**
   * Whether the viewer may still do anything at all: asked before each operation and before each event, so it
   * must be cheap. When it rejects, nothing is sent and the client is told to try again later.
   */
  readonly isViewerValid?: (viewer: Viewer) => Promise<boolean>;
  readonly maxSocketsPerViewer: number;
  readonly log: Log;
}

/** Who may have a socket, and keep it. Each refusal closes the socket with its code. */
export function makeAdmission(options: AdmissionOptions) {
  const { authenticate, isViewerValid, log } = options;
  const seats = makeSeats(options.maxSocketsPerViewer);

  /** The socket's init message: 4401 without a valid credential, 4429 when the viewer has too many sockets. */
  async function admit(session: Session, params: Record<string, unknown> | undefined): Promise<boolean> {
    const viewer = await findViewer(session, params?.['authorization']);
    // Gone while it was looked up: a seat taken now would never be given back.
    if (viewer === null || !session.isOpen()) return false;
    const release = seats.take(viewer);
    if (release === undefined) {
      session.close(closes.tooMany);
      return false;
    }
    session.admit(viewer, release);
    return true;
  }

  async function findViewer(session: Session, authorization: unknown): Promise<Viewer | null> {
    try {
      const viewer = await authenticate(toCredential(authorization));
      if (viewer === null) session.close(closes.unauthorized);
      return viewer;
    } catch (error) {
      const isRefusal = error instanceof AppError && error.code === 'UNAUTHENTICATED';
      if (!isRefusal) log.error({ error }, 'a socket could not be authenticated');
      session.close(isRefusal ? closes.unauthorized : closes.tryAgainLater);
      return null;
    }
  }

  /** 4403 when the viewer has lost access since. */
  async function isStillValid(session: Session, viewer: Viewer): Promise<boolean> {
    try {
      if (isViewerValid === undefined || (await isViewerValid(viewer))) return true;
      session.close(closes.forbidden);
    } catch (error) {
      log.error({ error }, 'the viewer of a socket could not be checked');
      session.close(closes.tryAgainLater);
    }
    return false;
  }

  return { admit, isStillValid };
}

export type Admission = ReturnType<typeof makeAdmission>;

/** As in the HTTP header, or the token alone. */
function toCredential(authorization: unknown): string | undefined {
  if (typeof authorization !== 'string' || authorization === '') return undefined;
  return /^Bearer /i.test(authorization) ? authorization : `Bearer ${authorization}`;
}
