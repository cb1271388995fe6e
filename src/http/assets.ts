import type { IncomingMessage } from 'node:http';
import { AppError, badInput, notFound } from '../core/errors.js';
import type { Viewer } from '../core/viewer.js';
import type { Assets } from '../domains/assets/asset.service.js';
import type { Downloads } from '../domains/assets/download.service.js';
import type { StoreFile } from '../domains/uploads/store-file.js';
import { assetFields, toBeginUploadInput, toFormRefusal } from './asset-form.js';
import { toAssetJson } from './asset-json.js';
import type { Authenticate } from './caller.js';
import { readFileForm, type FileForm } from './multipart-form.js';
import { answerCors, type IsOriginAllowed } from './origins.js';
import { cutWhenIdle } from './request-body.js';
import { HttpRefusal, send, sendEarly, sendJson, type Handler } from './respond.js';
import { toTarget } from './target.js';
import { makeSeats } from './ws-seats.js';

export interface AssetRoutesOptions {
  readonly authenticate: Authenticate;
  readonly isOriginAllowed: IsOriginAllowed;
  readonly services: {
    readonly assets: Assets;
    readonly downloads: Downloads;
    readonly storeFile: StoreFile;
  };
  /** Of a file. */
  readonly maxSizeBytes: number;
  /** Files that one viewer may be sending at a time: each takes some 24 MiB of memory. 4 by default. */
  readonly maxUploadsPerViewer?: number;
  /** The same of everybody together; 32 by default. */
  readonly maxUploads?: number;
  /** How long a sender may say nothing; 30,000 by default. */
  readonly idleTimeoutMs?: number;
}

/** What a form has besides the file: boundaries, headers, fields. */
const maxFormBytes = 1024 * 1024;

/** Files by plain HTTP, for programs without GraphQL. The same services, permissions and errors. */
export function makeAssetRoutes(options: AssetRoutesOptions): Readonly<Record<string, Handler>> {
  const { authenticate, isOriginAllowed, services, maxSizeBytes } = options;
  const { maxUploadsPerViewer = 4, maxUploads = 32, idleTimeoutMs = 30_000 } = options;
  const seats = makeSeats(maxUploadsPerViewer);
  let uploading = 0;

  /** CORS, method and credential, the same for each route. */
  function toHandler(
    method: 'GET' | 'POST',
    answer: (viewer: Viewer, ...rest: Parameters<Handler>) => Promise<void>,
  ): Handler {
    return async (request, response, exchange) => {
      if (answerCors(request, response, isOriginAllowed)) return;
      if (request.method !== method) {
        throw new HttpRefusal(405, `This address is asked by ${method}.`, { allow: `${method}, OPTIONS` });
      }
      const viewer = await authenticate(request.headers.authorization);
      if (viewer === null) throw new AppError('UNAUTHENTICATED', 'Sign in first.');
      await answer(viewer, request, response, exchange);
    };
  }

  function takeSeat(viewer: Viewer): () => void {
    const leave = uploading < maxUploads ? seats.take(viewer) : undefined;
    if (leave === undefined) {
      throw new AppError('RATE_LIMITED', 'Too many files are being sent at once. Try again in a moment.', {
        extensions: { retryAfterSeconds: 5 },
      });
    }
    uploading += 1;
    return () => {
      uploading -= 1;
      leave();
    };
  }

  return {
    '/v1/assets': toHandler('POST', async (viewer, request, response) => {
      const contentLength = toContentLength(request, maxSizeBytes);
      const leave = takeSeat(viewer);
      const stopWatching = cutWhenIdle(request, idleTimeoutMs);
      try {
        const form = await readFileForm(request, contentLength, assetFields);
        const input = { ...toInput(form), idempotencyKey: toIdempotencyKey(request) };
        const asset = await services.storeFile(viewer, input, form.bytes);
        // The bytes of what was stored before are not waited for.
        sendEarly(request, response, 201, toAssetJson(asset), { location: `/v1/assets/${asset.id}` });
      } catch (error) {
        throw toFormRefusal(error);
      } finally {
        stopWatching();
        leave();
      }
    }),

    '/v1/assets/:id': toHandler('GET', async (viewer, request, response) => {
      const asset = await services.assets.find(viewer, { id: idOf(request) });
      if (asset === undefined) throw notFound('The asset');
      sendJson(response, 200, toAssetJson(asset));
    }),

    '/v1/assets/:id/content': toHandler('GET', async (viewer, request, response) => {
      const disposition = toDisposition(new URLSearchParams(toTarget(request).query));
      const location = await services.downloads.locate(viewer, { assetId: idOf(request), disposition });
      send(response, 302, 'text/plain; charset=utf-8', '', { location });
    }),
  };
}

function toInput(form: FileForm) {
  try {
    return toBeginUploadInput(form);
  } catch (error) {
    form.bytes.destroy();
    throw error;
  }
}

function toIdempotencyKey({ headers }: IncomingMessage): string | undefined {
  // Node joins those that are given twice, as the standard allows.
  return headers['idempotency-key'] as string | undefined;
}

/** Of a request whose file may fit. */
function toContentLength({ headers }: IncomingMessage, maxSizeBytes: number): number {
  const length = headers['content-length'];
  if (length === undefined)
    throw badInput('Content-Length', 'Say how long the request is, by Content-Length.');
  if (Number(length) > maxSizeBytes + maxFormBytes) {
    const extensions = { field: 'file', maxSizeBytes };
    throw new AppError('FILE_TOO_LARGE', `A file may have ${maxSizeBytes} bytes.`, { extensions });
  }
  return Number(length);
}

function idOf(request: IncomingMessage): string {
  return toTarget(request).path.split('/')[3] ?? '';
}

function toDisposition(query: URLSearchParams): 'INLINE' | 'ATTACHMENT' {
  const disposition = query.get('disposition') ?? 'attachment';
  if (disposition === 'inline') return 'INLINE';
  if (disposition === 'attachment') return 'ATTACHMENT';
  throw badInput('disposition', 'It is attachment or inline.');
}
