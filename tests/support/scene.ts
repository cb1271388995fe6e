import type { Cast } from './cast.js';
import { begin, fileOf, pdf, put, request, type BegunUpload } from './heart.js';
import type { TestBackends } from './service.js';
import { rows } from './state.js';

export const sceneBytes = pdf();
export const sceneFile = fileOf(sceneBytes);

export type OpenStatus = 'PENDING' | 'UPLOADING';

/** A prompt that the agent put to alice. */
export interface Scene {
  readonly promptId: string;
  /** Of alice, with its bytes in place; only while UPLOADING. */
  readonly upload?: BegunUpload;
}

export async function stage({ agent, alice }: Cast, status: OpenStatus): Promise<Scene> {
  const { id: promptId } = await request(agent);
  if (status === 'PENDING') return { promptId };
  const upload = await begin(alice, promptId, sceneFile);
  const { ok } = await put(upload, sceneBytes);
  if (!ok) throw new Error('The bytes were refused.');
  return { promptId, upload };
}

/** The prompt's row and those of its uploads, as they are. */
export async function stored(backends: TestBackends, promptId: string) {
  const [prompt] = await rows<{ status: string; reason: string | null; version: number }>(
    backends,
    'select * from upload_prompts where id = $1',
    [promptId],
  );
  const uploads = await rows<{ id: string; status: string }>(
    backends,
    'select * from uploads where prompt_id = $1 order by created_at',
    [promptId],
  );
  if (prompt === undefined) throw new Error('There is no such prompt.');
  return { prompt, uploads };
}
