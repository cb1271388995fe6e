import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { send, type Handler } from './respond.js';

/**
 * What the process tells Prometheus. A registry of its own, so that two apps in one process don't meet. No
 * label has values that a caller makes up: names of operations, paths and users stay out.
 * Open to whoever reaches the port; it holds numbers only.
 */
export function makeMetrics() {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const requests = new Histogram({
    name: 'askfile_http_request_duration_seconds',
    help: 'Time from the request line to the end of the answer.',
    labelNames: ['route', 'status'],
    // Up to the longest wait that a caller may ask for.
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
    registers,
  });
  const operations = new Counter({
    name: 'askfile_graphql_operations_total',
    help: 'GraphQL operations that were answered; code is that of the first error, or OK.',
    labelNames: ['transport', 'type', 'code'],
    registers,
  });
  const sockets = new Gauge({
    name: 'askfile_websocket_connections',
    help: 'WebSockets that are open.',
    registers,
  });
  const subscriptions = new Gauge({
    name: 'askfile_graphql_subscriptions',
    help: 'Subscriptions that are open.',
    registers,
  });

  const handler: Handler = async (_request, response) => {
    send(response, 200, registry.contentType, await registry.metrics());
  };

  return {
    /** For what other parts count. */
    registry,
    /** `GET /metrics`. */
    handler,
    countRequest: (route: string, status: number, seconds: number) =>
      requests.observe({ route, status }, seconds),
    countOperation: (transport: 'http' | 'ws', type: string, code: string) =>
      operations.inc({ transport, type, code }),
    sockets,
    subscriptions,
  };
}

export type Metrics = ReturnType<typeof makeMetrics>;
