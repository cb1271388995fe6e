import { makeAddressOf } from '../../src/http/address.js';
import { AppError } from '../../src/core/errors.js';
import type { Viewer } from '../../src/core/viewer.js';
import { makeEdge, type EdgeOptions } from '../../src/http/edge.js';
import { makeMetrics } from '../../src/http/metrics.js';
import { makeIsOriginAllowed } from '../../src/http/origins.js';
import { makeLog } from '../../src/infra/pino/log.js';
import { makeToySchema, makeToySource, makeToyViewer, type ToyContext } from './toy-api.js';

/** The whole edge on a free port, over the toy schema. `alice` and `bob` are tokens; tests may add others. */
export async function startToyEdge(overrides: Partial<EdgeOptions> = {}) {
  const source = makeToySource();
  const logged: string[] = [];
  const metrics = makeMetrics();
  const viewers = new Map<string, Viewer>([
    ['alice', makeToyViewer('alice')],
    ['bob', makeToyViewer('bob')],
  ]);
  const signals: AbortSignal[] = [];
  let port = 0;
  const edge = await makeEdge({
    schema: makeToySchema(source),
    authenticate: async (credential) => {
      if (credential === undefined) return null;
      const viewer = viewers.get(credential.replace(/^Bearer /, ''));
      if (viewer === undefined) throw new AppError('UNAUTHENTICATED', 'The token is not valid.');
      return Promise.resolve(viewer);
    },
    addressOf: makeAddressOf(0),
    makeContext: (viewer, extras): ToyContext => {
      signals.push(extras.signal);
      return { viewer, ...extras };
    },
    isOriginAllowed: makeIsOriginAllowed({
      publicUrl: () => `http://localhost:${port}`,
      allowedOrigins: ['https://portal.example.com'],
    }),
    checks: {},
    metrics,
    log: makeLog({ level: 'debug', destination: { write: (line) => logged.push(line) } }),
    ...overrides,
  });
  ({ port } = await edge.listen(0, 'localhost'));
  const origin = `http://127.0.0.1:${port}`;

  return {
    port,
    origin,
    url: `${origin}/graphql`,
    socketUrl: `ws://127.0.0.1:${port}/graphql`,
    source,
    viewers,
    metrics,
    /** Lines of JSON. */
    logged,
    /** Of every context that was made, in order. */
    signals,
    close: (deadlineMs = 1_000) => edge.close(deadlineMs),
    /** POSTs one operation; the body is parsed. */
    async ask(query: string, options: { token?: string; variables?: object; headers?: object } = {}) {
      const response = await fetch(`${origin}/graphql`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(options.token === undefined ? {} : { authorization: `Bearer ${options.token}` }),
          ...options.headers,
        },
        body: JSON.stringify({ query, variables: options.variables }),
      });
      return {
        status: response.status,
        headers: response.headers,
        body: (await response.json()) as GraphqlBody,
      };
    },
  };
}

export type ToyEdge = Awaited<ReturnType<typeof startToyEdge>>;

export interface GraphqlBody {
  readonly data?: Record<string, unknown> | null;
  readonly errors?: readonly {
    readonly message: string;
    readonly path?: readonly unknown[];
    readonly extensions: Record<string, unknown>;
  }[];
}
