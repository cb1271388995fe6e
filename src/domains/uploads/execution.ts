import { badInput } from '../../core/errors.js';
import { isPrintableLine, isStorable } from '../../core/text.js';
import type { UploadPlace } from './upload.js';

/** What an agent's execution says of the media that it generated. */
export interface ExecutionInput {
  executionId: string;
  agentUrn?: string | null | undefined;
  /** Such as elevenlabs or fal. */
  provider?: string | null | undefined;
  /** Model, prompt, cost and the like. */
  metadata?: Record<string, unknown> | null | undefined;
}

export type Execution = Pick<UploadPlace, 'executionId' | 'provider' | 'metadata'>;

const maxIdLength = 255;
const maxProviderLength = 100;
const maxMetadataBytes = 16 * 1024;
const maxDepth = 32;

export const noExecution: Execution = { executionId: null, provider: null, metadata: {} };

/** Checks all but the agent. Throws BAD_USER_INPUT with the field. */
export function parseExecution({ executionId, provider, metadata }: ExecutionInput): Execution {
  if (!isLine(executionId, maxIdLength)) {
    throw badInput('execution.executionId', `Give an id of 1 to ${maxIdLength} printable characters.`);
  }
  if (provider != null && !isLine(provider, maxProviderLength)) {
    throw badInput('execution.provider', `Give a name of 1 to ${maxProviderLength} printable characters.`);
  }
  if (metadata != null) assertMetadata(metadata);
  return { executionId, provider: provider ?? null, metadata: metadata ?? {} };
}

function isLine(text: string, maxLength: number): boolean {
  return text.length >= 1 && text.length <= maxLength && isPrintableLine(text);
}

function assertMetadata(metadata: Record<string, unknown>): void {
  const field = 'execution.metadata';
  // First: what is nested too deep for us may be too deep to be serialised.
  const problem = findProblem(metadata, maxDepth);
  if (problem !== undefined) throw badInput(field, problem);
  const sizeBytes = Buffer.byteLength(JSON.stringify(metadata));
  if (sizeBytes > maxMetadataBytes) {
    throw badInput(field, `The metadata may have ${maxMetadataBytes} bytes as JSON; it has ${sizeBytes}.`);
  }
}

function findProblem(value: unknown, depthLeft: number): string | undefined {
  if (typeof value === 'string' && !isStorable(value)) return 'The metadata has characters that are none.';
  // Such as 1e400, which JSON would keep as null.
  if (typeof value === 'number' && !Number.isFinite(value))
    return 'The metadata has a number that is too large.';
  if (typeof value !== 'object' || value === null) return undefined;
  if (depthLeft === 0) return `The metadata may be nested ${maxDepth} deep.`;
  const inner = Array.isArray(value) ? value : Object.entries(value).flat();
  for (const item of inner) {
    const problem = findProblem(item, depthLeft - 1);
    if (problem !== undefined) return problem;
  }
  return undefined;
}
