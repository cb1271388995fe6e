import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const schema = z.object({
  url: z.string(),
  appKey: z.string().optional(),
  promptId: z.string().optional(),
});

/** What one run of the demo leaves for the next, for one service. */
export type Memo = z.infer<typeof schema>;

/** Kept in the data directory, readable by its owner only: it holds the agent's key. */
export function makeMemoFile(dataDir: string) {
  const path = join(dataDir, 'demo.json');
  return {
    /** Empty where nothing, nothing of ours, or something about another service is kept. */
    async read(url: string): Promise<Memo> {
      const text = await readFile(path, 'utf8').catch(() => 'null');
      const parsed = schema.safeParse(parseJson(text));
      return parsed.success && parsed.data.url === url ? parsed.data : { url };
    },
    async write(memo: Memo): Promise<void> {
      await mkdir(dataDir, { recursive: true, mode: 0o700 });
      await writeFile(path, `${JSON.stringify(memo, null, 2)}\n`, { mode: 0o600 });
    },
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
