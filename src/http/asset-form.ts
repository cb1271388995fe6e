import { AppError, badInput } from '../core/errors.js';
import type { BeginUploadInput } from '../domains/uploads/begin-upload.js';
import type { FileForm } from './multipart-form.js';

export const assetFields = [
  'spaceId',
  'folderId',
  'filename',
  'mimeType',
  'description',
  'sha256',
  'executionId',
  'agentUrn',
  'provider',
  'metadata',
] as const;

/** What the form asks for. Throws BAD_USER_INPUT that names the form's field. */
export function toBeginUploadInput({ fields, filename, mimeType, sizeBytes }: FileForm): BeginUploadInput {
  const get = (name: (typeof assetFields)[number]) => fields.get(name);
  const name = get('filename') ?? filename;
  if (name === undefined) throw badInput('filename', 'Give the file a name.');
  const executionId = get('executionId');
  const ofExecution = { agentUrn: get('agentUrn'), provider: get('provider'), metadata: get('metadata') };
  if (executionId === undefined && Object.values(ofExecution).some((value) => value !== undefined)) {
    throw badInput('executionId', 'Say which execution generated the file.');
  }
  return {
    spaceId: get('spaceId'),
    folderId: get('folderId'),
    file: {
      filename: name,
      mimeType: get('mimeType') ?? mimeType,
      // An empty file is told when all of it is there.
      sizeBytes: Math.max(1, sizeBytes),
      sha256: get('sha256'),
      description: get('description'),
    },
    ...(executionId !== undefined && {
      execution: { ...ofExecution, executionId, metadata: toMetadata(ofExecution.metadata) },
    }),
  };
}

function toMetadata(json: string | undefined): Record<string, unknown> | undefined {
  if (json === undefined) return undefined;
  let metadata: unknown;
  try {
    metadata = JSON.parse(json);
  } catch {
    throw badInput('metadata', 'The metadata is not valid JSON.');
  }
  if (typeof metadata !== 'object' || metadata === null || Array.isArray(metadata)) {
    throw badInput('metadata', 'The metadata must be a JSON object.');
  }
  return metadata as Record<string, unknown>; // What JSON calls an object.
}

/** The same refusal, with the request's name of the field in the place of the schema's. */
export function toFormRefusal(error: unknown): unknown {
  if (!(error instanceof AppError)) return error;
  const { field, ...rest } = error.extensions;
  const name = typeof field === 'string' ? toFormName(field) : field;
  if (name === field) return error;
  return new AppError(error.code, error.message, {
    cause: error.cause,
    extensions: { ...rest, field: name },
  });
}

function toFormName(field: string): string {
  if (field === 'idempotencyKey') return 'Idempotency-Key';
  const inner = /^(?:file|execution)\.(\w+)$/.exec(field)?.[1] ?? field;
  return inner === 'sizeBytes' ? 'file' : inner;
}
