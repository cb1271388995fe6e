import { S3RequestPresigner } from '@aws-sdk/s3-request-presigner';
import type { StorageConfig } from '../../config.js';
import type { S3Credential } from './client.js';
import { encodeKey, encodeText, toBucketAddress } from './urls.js';

/** Taken from a client, so that there is one implementation of it. */
type Sha256 = ConstructorParameters<typeof S3RequestPresigner>[0]['sha256'];

export interface PresignInput {
  readonly method: 'PUT' | 'GET';
  readonly key: string;
  /** In lower case. Each is signed as a header: the request fails without it, or with another value. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly expiresInSeconds: number;
}

export interface Presigned {
  readonly url: string;
  readonly expiresAt: Date;
}

export type Presigner = (input: PresignInput) => Promise<Presigned>;

/**
 * Signs URLs of one bucket at `config.publicUrl` with one credential. Made once: the key of the day is kept, so
 * that a URL costs about 30 µs (the SDK's `getSignedUrl` builds a client's whole stack each time: 280 µs).
 */
export function makePresigner(
  config: StorageConfig,
  options: { credential: S3Credential; sha256: Sha256; now: () => Date },
): Presigner {
  const signer = new S3RequestPresigner({
    region: config.region,
    credentials: {
      accessKeyId: options.credential.accessKeyId,
      secretAccessKey: options.credential.secretKey,
    },
    sha256: options.sha256,
  });
  const base = toBucketAddress(config);

  return async function presign({ method, key, headers = {}, query = {}, expiresInSeconds }) {
    // Storage counts from the signature's date, which has no milliseconds.
    const signingDate = new Date(Math.floor(options.now().getTime() / 1000) * 1000);
    const path = `${base.path}/${encodeKey(key)}`;
    const pinned = new Set(Object.keys(headers));
    const signed = await signer.presign(
      {
        method,
        protocol: base.protocol,
        hostname: base.hostname,
        path,
        query: { ...query },
        headers: { ...headers, host: base.host },
      },
      {
        signingDate,
        expiresIn: expiresInSeconds,
        // Without both, content-type is left unsigned and x-amz-* headers become parameters nobody compares.
        signableHeaders: new Set(['host', ...pinned]),
        unhoistableHeaders: pinned,
      },
    );
    return {
      url: `${base.protocol}//${base.host}${path}?${toQuery(signed.query ?? {})}`,
      expiresAt: new Date(signingDate.getTime() + expiresInSeconds * 1000),
    };
  };
}

function toQuery(query: Readonly<Record<string, string | string[] | null>>): string {
  return Object.entries(query)
    .map(([name, value]) => `${encodeText(name)}=${encodeText(String(value ?? ''))}`)
    .join('&');
}
