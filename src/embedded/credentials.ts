import { randomBytes } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { writeFileDurably } from './durable-file.js';
import { codeOf, EmbeddedError } from './errors.js';

const secret = z.string().min(16);

const schema = z.object({
  version: z.literal(1),
  database: z.object({ superuserPassword: secret, password: secret }),
  redis: z.object({ password: secret }),
  storage: z.object({
    accessKeyId: secret,
    secretKey: secret,
    uploadAccessKeyId: secret,
    uploadSecretKey: secret,
  }),
  jwtSecret: z.string().min(32),
  /** base64 of 32 bytes. */
  serverKey: z.object({ id: z.string().min(1), key: z.base64().length(44) }),
});

/** Every secret of the embedded parts, made once per data directory. */
export type Credentials = z.infer<typeof schema>;

const pathIn = (dataDir: string) => join(dataDir, 'credentials.json');

/**
 * What a data directory holds, or undefined where nothing embedded has run yet. Changes nothing and needs no
 * lock, so that the command line tools can use it beside a running service.
 * Throws `EmbeddedError` when the file is there but not ours or not readable.
 */
export async function readCredentials(dataDir: string): Promise<Credentials | undefined> {
  const path = pathIn(dataDir);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw new EmbeddedError(`${path} can't be read (${codeOf(error) ?? 'unknown error'}).`, { cause: error });
  }
  const parsed = schema.safeParse(parseJson(text));
  if (!parsed.success) {
    throw new EmbeddedError(
      `${path} is damaged. Restore it from a backup: without it what is encrypted stays unreadable. ` +
        `To start anew instead, remove all of ${dataDir}.`,
    );
  }
  return parsed.data;
}

/** Reads them, or makes them on the first start. Only for the holder of the data directory's lock. */
export async function ensureCredentials(dataDir: string): Promise<Credentials> {
  const found = await readCredentials(dataDir);
  if (found !== undefined) return found;
  if (await exists(join(dataDir, 'postgres'))) {
    throw new EmbeddedError(
      `${dataDir} holds a database but no credentials.json. Restore that file from a backup, ` +
        `or remove all of ${dataDir} to start anew.`,
    );
  }
  const made: Credentials = {
    version: 1,
    database: { superuserPassword: random(24), password: random(24) },
    redis: { password: random(24) },
    storage: {
      accessKeyId: randomKeyId(),
      secretKey: random(30),
      uploadAccessKeyId: randomKeyId(),
      uploadSecretKey: random(30),
    },
    jwtSecret: random(48),
    serverKey: { id: randomBytes(4).toString('hex'), key: randomBytes(32).toString('base64') },
  };
  await writeFileDurably(pathIn(dataDir), `${JSON.stringify(made, null, 2)}\n`);
  return made;
}

/** base64url, so that it goes into a URL, SQL and a Redis configuration as it is. */
function random(byteCount: number): string {
  return randomBytes(byteCount).toString('base64url');
}

/** Twenty capitals and digits: the form of an access key id. */
function randomKeyId(): string {
  return `ASKFILE${randomBytes(8).toString('hex').toUpperCase().slice(0, 13)}`;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
