import { S3Error } from './errors.js';
import type { S3ErrorCode } from './errors.js';
import type { Scope } from './sigv4.js';

/** What a request says of its signature; nothing of it is proven yet. */
export interface SignatureClaim {
  readonly accessKeyId: string;
  readonly scope: Scope;
  /** As it was signed: `20260131T120000Z`. */
  readonly timestamp: string;
  readonly signedAt: Date;
  /** Of a presigned URL. */
  readonly expiresInSeconds?: number;
  /** In lower case. */
  readonly signedHeaders: readonly string[];
  readonly signature: string;
}

const maxExpiresSeconds = 604_800;
const authorizationForm =
  /^AWS4-HMAC-SHA256 Credential=([^,\s]+), *SignedHeaders=([^,\s]+), *Signature=([0-9a-f]{64})$/;

/** Throws AuthorizationHeaderMalformed or AccessDenied. */
export function readAuthorization(
  authorization: string,
  timestamp: string | undefined,
  region: string,
): SignatureClaim {
  const refusal = 'AuthorizationHeaderMalformed';
  const match = authorizationForm.exec(authorization);
  if (!match) throw new S3Error(refusal);
  const [, credential = '', signedHeaders = '', signature = ''] = match;
  if (timestamp === undefined) {
    throw new S3Error('AccessDenied', 'AWS authentication requires a valid x-amz-date header');
  }
  return {
    ...readCredential(credential, timestamp, region, refusal),
    signedHeaders: readSignedHeaders(signedHeaders, refusal),
    signature,
  };
}

/** Throws AuthorizationQueryParametersError. */
export function readPresigned(query: ReadonlyMap<string, string>, region: string): SignatureClaim {
  const refusal = 'AuthorizationQueryParametersError';
  const parameter = (name: string) => {
    const value = query.get(name);
    if (value === undefined) throw new S3Error(refusal, `The query has no ${name}.`);
    return value;
  };
  const expires = parameter('X-Amz-Expires');
  const expiresInSeconds = /^\d{1,7}$/.test(expires) ? Number(expires) : 0;
  const signature = parameter('X-Amz-Signature');
  if (parameter('X-Amz-Algorithm') !== 'AWS4-HMAC-SHA256' || !/^[0-9a-f]{64}$/.test(signature)) {
    throw new S3Error(refusal);
  }
  if (expiresInSeconds < 1 || expiresInSeconds > maxExpiresSeconds) {
    throw new S3Error(refusal, `X-Amz-Expires must be a number from 1 to ${maxExpiresSeconds}.`);
  }
  return {
    ...readCredential(parameter('X-Amz-Credential'), parameter('X-Amz-Date'), region, refusal),
    signedHeaders: readSignedHeaders(parameter('X-Amz-SignedHeaders'), refusal),
    expiresInSeconds,
    signature,
  };
}

function readCredential(credential: string, timestamp: string, region: string, refusal: S3ErrorCode) {
  const [accessKeyId = '', day = '', itsRegion = '', service = '', end = '', ...more] = credential.split('/');
  const signedAt = readTimestamp(timestamp);
  if (!signedAt || day !== timestamp.slice(0, 8) || end !== 'aws4_request' || more.length > 0) {
    throw new S3Error(refusal);
  }
  if (service !== 's3') throw new S3Error(refusal, 'The service of the credential must be s3.');
  if (itsRegion !== region) {
    throw new S3Error(refusal, `The region of the credential is wrong; expecting '${region}'.`, {
      elements: { Region: region },
    });
  }
  return { accessKeyId, scope: { day, region }, timestamp, signedAt };
}

function readTimestamp(text: string): Date | undefined {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text);
  if (!match) return undefined;
  const [, year, month, day, hours, minutes, seconds] = match;
  const date = new Date(`${year}-${month}-${day}T${hours}:${minutes}:${seconds}Z`);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

function readSignedHeaders(text: string, refusal: S3ErrorCode): string[] {
  const names = text.split(';');
  const isOrdered = names.every((name, at) => at === 0 || (names[at - 1] ?? '') < name);
  if (!isOrdered || !names.every((name) => /^[a-z0-9_.-]+$/.test(name))) throw new S3Error(refusal);
  return names;
}
