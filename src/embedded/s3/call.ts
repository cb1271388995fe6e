import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import type { Authenticated } from './authenticate.js';
import type { Bucket } from './buckets.js';

/** A request whose sender is known, with its body still to come. */
export interface Incoming extends Authenticated {
  readonly http: IncomingMessage;
  /** To be called right before the body is read: lets a client that waits for leave go on. */
  readonly startBody: () => void;
}

/** What the sender may do; the bucket exists and is theirs. */
export interface Call extends Incoming {
  readonly region: string;
  readonly bucket: Bucket;
  /** '' for the bucket itself. */
  readonly key: string;
  readonly query: ReadonlyMap<string, string>;
  /** Another bucket of the same server, if this sender may read it. Throws NoSuchBucket or AccessDenied. */
  readonly readableBucket: (name: string) => Bucket;
}

export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: ReplyBody;
}

export type ReplyBody =
  | { readonly xml: string }
  /** Content-Length is among the headers. */
  | { readonly stream: Readable }
  /** XML that takes its time; the client is kept waiting with white space, as S3 does. */
  | { readonly slowXml: () => Promise<string> };

export function xmlReply(xml: string, headers: Readonly<Record<string, string>> = {}): Reply {
  return { status: 200, headers, body: { xml } };
}
