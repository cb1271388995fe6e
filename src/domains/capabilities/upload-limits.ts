import { AppError, badInput } from '../../core/errors.js';
import { coversMimeType, isMimeTypeAllowed, normalizeMimePattern } from '../../core/mime.js';

/** What an agent may ask a person for. */
export interface UploadLimits {
  readonly maxSizeBytes: number;
  /** Normalised, at least one; concrete, or whole groups such as `image/*`. */
  readonly allowedMimeTypes: readonly string[];
  readonly promptTimeoutSeconds: number;
}

/** Limits as somebody asks for them: what is left out, or null, stays as it is. */
export type RequestedLimits = {
  readonly [Limit in keyof UploadLimits]?: UploadLimits[Limit] | null | undefined;
};

/** The service's own, which nobody widens: 50 MiB, documents and pictures, five minutes. */
export const defaultUploadLimits: UploadLimits = {
  maxSizeBytes: 50 * 1024 * 1024,
  allowedMimeTypes: [
    'application/pdf',
    'image/jpeg',
    'image/png',
    'image/gif',
    'image/webp',
    'text/plain',
    'application/msword',
    'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
    'application/vnd.ms-excel',
    'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
    'application/vnd.ms-powerpoint',
    'application/vnd.openxmlformats-officedocument.presentationml.presentation',
  ],
  promptTimeoutSeconds: 300,
};

const maxMimeTypes = 100;

/**
 * `base`, tightened as requested. Whatever is wider than `base` is refused with INVALID_CONSTRAINT, nonsense with
 * BAD_USER_INPUT; both name the field as `<fieldPrefix>.<limit>`. `timeoutField` is the timeout's name in that input.
 * A group such as `image/*` asks for all of it that `base` allows.
 */
export function narrowLimits(
  base: UploadLimits,
  requested: RequestedLimits,
  fieldPrefix: string,
  timeoutField = 'promptTimeoutSeconds',
): UploadLimits {
  const field = (name: string) => (fieldPrefix === '' ? name : `${fieldPrefix}.${name}`);
  return {
    maxSizeBytes: narrowNumber(base.maxSizeBytes, requested.maxSizeBytes, field('maxSizeBytes'), 'bytes'),
    allowedMimeTypes: narrowTypes(
      base.allowedMimeTypes,
      requested.allowedMimeTypes,
      field('allowedMimeTypes'),
    ),
    promptTimeoutSeconds: narrowNumber(
      base.promptTimeoutSeconds,
      requested.promptTimeoutSeconds,
      field(timeoutField),
      'seconds',
    ),
  };
}

/**
 * What holds when a policy that was stored earlier meets the service's limits of today: the tighter of the two.
 * Nothing is refused; types that are allowed no longer just drop out.
 */
export function intersectLimits(base: UploadLimits, stored: RequestedLimits): UploadLimits {
  return {
    maxSizeBytes: Math.min(base.maxSizeBytes, stored.maxSizeBytes ?? Infinity),
    allowedMimeTypes: stored.allowedMimeTypes
      ? selectTypes(base.allowedMimeTypes, stored.allowedMimeTypes)
      : base.allowedMimeTypes,
    promptTimeoutSeconds: Math.min(base.promptTimeoutSeconds, stored.promptTimeoutSeconds ?? Infinity),
  };
}

function narrowNumber(
  base: number,
  requested: number | null | undefined,
  field: string,
  unit: string,
): number {
  if (requested === undefined || requested === null) return base;
  if (!Number.isSafeInteger(requested) || requested < 1) {
    throw badInput(field, `Give a whole number of ${unit}, 1 at least.`);
  }
  if (requested > base) throw tooWide(field, `At most ${base} ${unit} are allowed here.`);
  return requested;
}

function narrowTypes(
  base: readonly string[],
  requested: readonly string[] | null | undefined,
  field: string,
): readonly string[] {
  if (requested === undefined || requested === null) return base;
  if (requested.length === 0 || requested.length > maxMimeTypes) {
    throw badInput(field, `Give 1 to ${maxMimeTypes} MIME types.`);
  }
  const patterns = requested.map((text) => {
    const pattern = normalizeMimePattern(text);
    if (pattern === undefined) {
      throw badInput(field, 'Give MIME types such as application/pdf, or groups such as image/*.');
    }
    return pattern;
  });
  for (const pattern of patterns) {
    if (selectTypes(base, [pattern]).length === 0) throw tooWide(field, `${pattern} is not allowed here.`);
  }
  return selectTypes(base, patterns);
}

/** What of `patterns` lies within `base`: a concrete type as it is, a group as the members that `base` names. */
function selectTypes(base: readonly string[], patterns: readonly string[]): readonly string[] {
  const within = patterns.flatMap((pattern) =>
    isMimeTypeAllowed(pattern, base) ? [pattern] : base.filter((type) => coversMimeType(pattern, type)),
  );
  return [...new Set(within)];
}

function tooWide(field: string, message: string): AppError {
  return new AppError('INVALID_CONSTRAINT', message, { extensions: { field } });
}
