import { isDeepStrictEqual } from 'node:util';
import type { CORSRule, LifecycleRule } from '@aws-sdk/client-s3';
import { stagingPrefix } from '../../domains/storage/object-keys.js';

/** What the portal's own uploads and downloads need of a browser's cross-origin checks. */
export function toCorsRule(origins: readonly string[]): CORSRule {
  return {
    ID: 'askfile-portal',
    AllowedOrigins: [...origins],
    AllowedMethods: ['PUT', 'GET', 'HEAD'],
    AllowedHeaders: ['content-type', 'x-amz-checksum-sha256'],
    ExposeHeaders: ['ETag'],
    MaxAgeSeconds: 3600,
  };
}

/** Two days: longer than any upload may take, so that nothing is taken from under one. */
export function toLifecycleRules(): LifecycleRule[] {
  return [
    {
      ID: 'askfile-abort-multipart',
      Status: 'Enabled',
      Filter: { Prefix: '' },
      AbortIncompleteMultipartUpload: { DaysAfterInitiation: 2 },
    },
    {
      ID: 'askfile-expire-staging',
      Status: 'Enabled',
      Filter: { Prefix: stagingPrefix },
      Expiration: { Days: 2 },
    },
  ];
}

/** Whether `current` holds our rule as it is: stores answer with other orders and cases. */
export function hasCorsRule(current: readonly CORSRule[], ours: CORSRule): boolean {
  const comparable = ({ ID, AllowedOrigins, AllowedMethods, AllowedHeaders, ExposeHeaders }: CORSRule) => [
    ID,
    ...[AllowedOrigins, AllowedMethods, AllowedHeaders, ExposeHeaders].map(toSorted),
  ];
  return current.some((rule) => isDeepStrictEqual(comparable(rule), comparable(ours)));
}

/** Whether `current` holds our rule as it is: some stores answer an empty filter in its older form. */
export function hasLifecycleRule(current: readonly LifecycleRule[], ours: LifecycleRule): boolean {
  const comparable = ({
    ID,
    Status,
    Filter,
    Prefix,
    Expiration,
    AbortIncompleteMultipartUpload,
  }: LifecycleRule) => [
    ID,
    Status,
    { Prefix: Prefix ?? '', ...Filter },
    Expiration?.Days,
    AbortIncompleteMultipartUpload?.DaysAfterInitiation,
  ];
  return current.some((rule) => isDeepStrictEqual(comparable(rule), comparable(ours)));
}

/** `current` with ours put in place of what has their ids. */
export function withRules<T extends { ID?: string | undefined }>(
  current: readonly T[],
  ours: readonly T[],
): T[] {
  const ids = new Set(ours.map(({ ID }) => ID));
  return [...current.filter(({ ID }) => !ids.has(ID)), ...ours];
}

function toSorted(values: readonly string[] | undefined): string[] {
  return (values ?? []).map((value) => value.toLowerCase()).sort();
}
