import { childEnvironment, run } from '../../embedded/commands.js';

export interface SandboxCommands {
  readonly setpriv?: string;
  readonly unshare?: string;
}

/** What the system itself allows a child. */
export interface SystemLimits {
  /** Memory that the child's processes may write to, each. */
  readonly memoryBytes: number;
  /** Of the processor, each. */
  readonly cpuSeconds: number;
  /** Of any file that they write. */
  readonly fileBytes: number;
}

export interface SandboxIsolation {
  /** Whether a child has no network, and sees no process but its own. */
  readonly isApart: boolean;
  /** Whether what was to be hidden from a child is. */
  readonly isHiding: boolean;
  wrap(command: string, args: readonly string[], limits: SystemLimits): { command: string; args: string[] };
}

/**
 * Namespaces of its own: no network, nobody else's processes (nor their environments), mounts that are seen nowhere
 * else; with its first process, all that it started end.
 */
const namespaces = ['-U', '--map-root-user', '-n', '-p', '-m', '--mount-proc', '-f', '--kill-child', '--'];

/** A user without any rights in those. What is mounted belongs to who was before, and cannot be taken away. */
const nobody = ['-U', '--map-user=65534', '--map-group=65534', '--'];

/** `$1` is the number of the folders that follow, over each of which lies an empty one; then comes what is run. */
const hidden = [
  'left=$1; shift',
  'while [ "$left" -gt 0 ]; do if [ -d "$1" ]; then mount -t tmpfs -o ro,size=4k hidden "$1" || exit 1; fi; ' +
    'left=$((left - 1)); shift; done',
  'exec "$@"',
].join('; ');

/** Whoever waits for an answer of the API goes before. */
const niceness = 10;

/**
 * `$1` is our pid: had we ended before our end was asked to be its own, its parent would be someone else by then.
 * Linux may share the processor among sessions first, and a child has its own: then that one has to be nice too, which
 * may be asked for ten times a second by all of a machine together.
 * Where the system knows a limit not, as macOS does with memory, the others still hold.
 */
const limited = [
  '[ "$PPID" = "$1" ] || exit 1',
  'if [ -w /proc/self/autogroup ]; then for try in 1 2 3; do ' +
    `(echo ${niceness} >/proc/self/autogroup) 2>/dev/null && break; sleep 0.1; done; fi`,
  'ulimit -c 0; ulimit -d "$2"; ulimit -t "$3"; ulimit -f "$4"; shift 4',
  `exec nice -n ${niceness} "$@"`,
].join('; ');

/** The best that this machine allows. `secrets` are folders of which a child is to see nothing. */
export async function detectSandbox(
  { setpriv, unshare }: SandboxCommands,
  secrets: readonly string[] = [],
): Promise<SandboxIsolation> {
  const dying = setpriv === undefined ? [] : [setpriv, '--pdeathsig', 'KILL', '--'];
  const bound = await whenWorking(dying);
  const hiding = ['/bin/sh', '-c', hidden, 'sh', String(secrets.length), ...secrets];
  const toApart = (between: readonly string[]) =>
    unshare === undefined ? [] : whenWorking([unshare, ...namespaces, ...between, unshare, ...nobody]);
  const apartAndHiding = await toApart(hiding);
  const apart = apartAndHiding.length > 0 ? apartAndHiding : await toApart([]);
  return {
    isApart: apart.length > 0,
    isHiding: apartAndHiding.length > 0,
    wrap(command, args, { memoryBytes, cpuSeconds, fileBytes }) {
      const [first = '/bin/sh', ...rest] = [
        ...bound,
        ...['/bin/sh', '-c', limited, 'sh', String(process.pid)],
        // In the units of `ulimit`: KiB, seconds, and blocks of 512 bytes.
        ...[Math.ceil(memoryBytes / 1024), cpuSeconds, Math.ceil(fileBytes / 512)].map(String),
        ...apart,
        command,
        ...args,
      ];
      return { command: first, args: rest };
    },
  };
}

async function whenWorking(prefix: readonly string[]): Promise<readonly string[]> {
  const [command, ...args] = prefix;
  if (command === undefined) return [];
  const { exitCode } = await run(command, [...args, '/bin/sh', '-c', 'exit 0'], {
    env: childEnvironment,
  }).catch(() => ({ exitCode: null }));
  return exitCode === 0 ? prefix : [];
}
