import {
  execute,
  getOperationAST,
  GraphQLError,
  type ExecutionArgs,
  type ExecutionResult,
  type FormattedExecutionResult,
  type GraphQLFormattedError,
  type GraphQLSchema,
} from 'graphql';
import { makeServer, type SubscribePayload } from 'graphql-ws';
import { AppError } from '../core/errors.js';
import type { Log } from '../core/log.js';
import type { Viewer } from '../core/viewer.js';
import type { Documents } from '../graphql/documents.js';
import { openEventStream } from '../graphql/event-stream.js';
import type { FormatError } from '../graphql/format-error.js';
import type { MakeContext } from './caller.js';
import type { Metrics } from './metrics.js';
import type { Admission } from './ws-admission.js';
import type { RunningOperation, Session } from './ws-session.js';

export interface WsProtocolOptions {
  readonly schema: GraphQLSchema;
  readonly documents: Documents;
  readonly admission: Admission;
  readonly makeContext: MakeContext<object>;
  readonly formatError: FormatError;
  readonly initTimeoutMs: number;
  readonly maxOperationsPerSocket: number;
  readonly log: Log;
  readonly metrics?: Metrics | undefined;
}

/** What execution arguments belong to; graphql-ws hands them on as they are. */
interface Running {
  readonly session: Session;
  readonly payload: SubscribePayload;
  readonly viewer: Viewer;
  readonly operation: RunningOperation;
  /** Set once it has become a stream of events; one result otherwise. */
  isStream: boolean;
}

/** graphql-js's result as graphql-ws types it. */
interface Outcome {
  readonly data?: Record<string, unknown> | null | undefined;
  readonly errors?: readonly GraphQLError[] | undefined;
}

/** The graphql-transport-ws protocol over sessions: checked documents, masked errors, one context an event. */
export function makeWsProtocol(options: WsProtocolOptions) {
  const { schema, documents, admission, makeContext, formatError, log, metrics } = options;
  const running = new WeakMap<ExecutionArgs, Running>();

  /** Errors, or what graphql-ws executes next. */
  async function prepare(session: Session, id: string, payload: SubscribePayload) {
    const viewer = session.viewer();
    if (viewer === undefined || !(await admission.isStillValid(session, viewer))) return [closed()];
    if (session.operationCount() >= options.maxOperationsPerSocket) {
      return [tooMany(options.maxOperationsPerSocket)];
    }
    const { document, errors } = documents.check(payload.query);
    if (errors !== undefined) return errors;
    if (!getOperationAST(document, payload.operationName)) return [unknownOperation()];
    // Closed while it was checked: its cleanup is over and would miss what begins now.
    if (!session.isOpen()) return [closed()];
    const operation = session.begin(payload, id);
    const args: ExecutionArgs = {
      schema,
      document,
      operationName: payload.operationName ?? null,
      variableValues: payload.variables ?? null,
      contextValue: toContext(session, viewer, operation),
    };
    running.set(args, { session, payload, viewer, operation, isStream: false });
    return args;
  }

  function toContext({ address }: Session, viewer: Viewer, operation: RunningOperation): object {
    const { requestId, controller } = operation;
    return makeContext(viewer, { requestId, signal: controller.signal, address });
  }

  async function openStream(args: ExecutionArgs) {
    const owner = running.get(args);
    if (owner === undefined) throw new Error('These are not the arguments that were prepared.');
    const { session, payload, viewer, operation } = owner;
    metrics?.subscriptions.inc();
    const stream = await openEventStream(args, {
      contextForEvent: () => toContext(session, viewer, operation),
      mayDeliver: () => admission.isStillValid(session, viewer),
      onEnd: () => {
        metrics?.subscriptions.dec();
        session.end(payload);
      },
      onFault: (error) => log.warn({ error, requestId: operation.requestId }, 'an event is tried again'),
      onCleanupError: (error) =>
        log.error({ error, requestId: operation.requestId }, 'a subscription failed to end'),
    });
    owner.isStream = Symbol.asyncIterator in stream;
    if (owner.isStream) metrics?.countOperation('ws', 'subscription', 'OK');
    return stream;
  }

  /** The result as it is sent, counted where it is the answer to a whole operation. */
  function showResult(args: ExecutionArgs, { data, errors }: Outcome): FormattedExecutionResult {
    const owner = running.get(args);
    const shown = errors?.map((error) => formatError(error, owner?.operation.requestId));
    if (owner?.isStream !== true) {
      const type = getOperationAST(args.document, args.operationName)?.operation ?? 'unknown';
      metrics?.countOperation('ws', type, toCode(shown));
    }
    return { ...(data === undefined ? {} : { data }), ...(shown === undefined ? {} : { errors: shown }) };
  }

  /** Why an operation did not begin, or a stream broke. */
  function showErrors(payload: SubscribePayload, session: Session, errors: readonly GraphQLError[]) {
    const requestId = session.findOperation(payload)?.requestId;
    const shown = errors.map((error) => formatError(error, requestId));
    metrics?.countOperation('ws', 'unknown', toCode(shown));
    return shown;
  }

  /** Ends what failed outside of its execution: before it began, or because its result is no JSON. */
  function fail(session: Session, id: string, error: unknown): readonly GraphQLFormattedError[] {
    const shown = [formatError(error, session.endById(id))];
    metrics?.countOperation('ws', 'unknown', toCode(shown));
    return shown;
  }

  const server = makeServer<Record<string, unknown>, { session: Session }>({
    connectionInitWaitTimeout: options.initTimeoutMs,
    onConnect: ({ extra, connectionParams }) => admission.admit(extra.session, connectionParams),
    onSubscribe: ({ extra }, id, payload) => prepare(extra.session, id, payload),
    execute: (args) => settle(async () => execute(args)),
    subscribe: (args) => settle(() => openStream(args)),
    onNext: (_context, _id, _payload, args, result) => showResult(args, result),
    onError: ({ extra }, _id, payload, errors) => showErrors(payload, extra.session, errors),
    onComplete: ({ extra }, _id, payload) => extra.session.end(payload),
  });
  return { opened: server.opened.bind(server), fail };
}

export type WsProtocol = ReturnType<typeof makeWsProtocol>;

/** A failure of one operation is its result; thrown, graphql-ws would close the socket with all the others. */
async function settle<Result>(work: () => Promise<Result>): Promise<Result | ExecutionResult> {
  try {
    return await work();
  } catch (error) {
    const originalError = error instanceof Error ? error : new Error(String(error));
    return { errors: [new GraphQLError(originalError.message, { originalError })] };
  }
}

function toCode(errors: readonly GraphQLFormattedError[] | undefined): string {
  const code = errors?.[0]?.extensions?.['code'];
  return typeof code === 'string' ? code : 'OK';
}

const refuse = (error: AppError) => new GraphQLError(error.message, { originalError: error });

const closed = () => refuse(new AppError('UNAUTHENTICATED', 'This connection is closed.'));

const tooMany = (max: number) =>
  refuse(
    new AppError('RATE_LIMITED', `A connection may have ${max} operations at a time.`, {
      extensions: { retryAfterSeconds: 5 },
    }),
  );

const unknownOperation = () =>
  new GraphQLError('The document has no such operation.', {
    extensions: { code: 'OPERATION_RESOLUTION_FAILURE' },
  });
