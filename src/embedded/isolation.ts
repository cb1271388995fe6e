import { chmod, chown, readFile } from 'node:fs/promises';
import { childEnvironment, run } from './commands.js';

export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/** How the servers that we launch are kept away from root, and kept from outliving us. */
export interface Isolation {
  /** Whether a child ends with this process even when it is killed with SIGKILL. */
  readonly endsWithUs: boolean;
  /** Who must own the files that a child writes; null: whoever this process is. */
  readonly owner: Owner | null;
  /** The same command, isolated. Its pid is that of the command itself. */
  wrap(
    command: string,
    args: readonly string[],
  ): { command: string; args: string[]; uid?: number; gid?: number };
}

export interface IsolationCommands {
  readonly setpriv?: string;
  readonly unshare?: string;
}

/**
 * Asks for SIGINT at our end, then makes sure that we had not ended already before that was asked:
 * `$1` is our pid, and the parent of whoever runs this is someone else by then.
 */
const guard = '[ "$PPID" = "$1" ] || exit 1; shift; exec "$@"';

/**
 * The best that this machine allows. As root, Postgres refuses to start: first choice is a user namespace in
 * which we are nobody (files stay ours, so even a 0700 folder works), second the user nobody itself.
 */
export async function detectIsolation(commands: IsolationCommands): Promise<Isolation> {
  const { setpriv, unshare } = commands;
  const isRoot = process.getuid?.() === 0;
  const dying = setpriv === undefined ? [] : [setpriv, '--pdeathsig', 'INT', '--'];
  if (isRoot && unshare !== undefined) {
    const prefix = [unshare, '-U', '--map-user=65534', '--map-group=65534', '--', ...dying];
    if (await succeeds(prefix)) return makeIsolation(prefix, setpriv !== undefined, null);
  }
  const bound = dying.length > 0 && (await succeeds(dying));
  return makeIsolation(bound ? dying : [], bound, isRoot ? await findNobody() : null);
}

export function makeIsolation(
  prefix: readonly string[],
  endsWithUs: boolean,
  owner: Owner | null,
): Isolation {
  return {
    endsWithUs,
    owner,
    wrap(command, args) {
      const whole = [
        ...prefix,
        ...(endsWithUs ? ['/bin/sh', '-c', guard, 'sh', String(process.pid)] : []),
        command,
        ...args,
      ];
      return { command: whole[0] ?? command, args: whole.slice(1), ...(owner ?? {}) };
    },
  };
}

/** Where children run as another user, that one alone may pass through the folder, not look into it. */
export async function admitOwner({ owner }: Isolation, dataDir: string): Promise<void> {
  if (owner === null) return;
  await chown(dataDir, process.getuid?.() ?? 0, owner.gid);
  await chmod(dataDir, 0o710);
}

async function succeeds(prefix: readonly string[]): Promise<boolean> {
  const [command = '', ...args] = prefix;
  const { exitCode } = await run(command, [...args, '/bin/sh', '-c', 'exit 0'], {
    env: childEnvironment,
  }).catch(() => ({ exitCode: null }));
  return exitCode === 0;
}

/** By name, as its number differs between systems; 65534 where there is no such name. */
export async function findNobody(): Promise<Owner> {
  const users = await readFile('/etc/passwd', 'utf8').catch(() => '');
  const fields = users
    .split('\n')
    .find((line) => line.startsWith('nobody:'))
    ?.split(':');
  const number = (text: string | undefined) =>
    text !== undefined && /^\d+$/.test(text) ? Number(text) : 65534;
  return { uid: number(fields?.[2]), gid: number(fields?.[3]) };
}
