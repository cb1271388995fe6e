import { z } from 'zod';
import type { ChangeMessage } from '../../core/events.js';

const schema = z.object({ id: z.string().min(1).max(200), version: z.number().int().min(0) });

/** What came in from Redis, which others may write to as well; undefined when it is none of ours. */
export function parseChangeMessage(payload: unknown): ChangeMessage | undefined {
  const parsed = schema.safeParse(payload);
  return parsed.success ? parsed.data : undefined;
}
