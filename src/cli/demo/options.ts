import { parseArgs } from 'node:util';

export const usage = `An agent asks a person for a file and waits for the answer; everything that happens is shown.

  npm run demo                           ask, then wait; in a second terminal, answer as alice:
  npm run demo -- --answer plan.pdf        with a file
  npm run demo -- --decline                or not at all
  npm run demo -- --wait                 wait again for the prompt that was asked last
  npm run demo -- --ask --answer FILE    both sides in one terminal

What it asks
  --prompt TEXT         what the agent asks for (default: a copy of your business plan)
  --timeout SECONDS     how long alice has (default: 300)
  --user ID             who is asked (default: alice)
  --note TEXT           said along with --decline

Which service
  --url URL             a service that runs (default: PUBLIC_URL, or localhost at PORT; where nothing
                        answers there, the demo starts one of its own and stops it in the end)
  --admin-token JWT     of an org admin there, to register the agent (default: made with the local secret)
  --app-key KEY         an agent's own key there, instead of --admin-token
  --token JWT           of the person there (default: made with the local secret)

Ends with 0 when the agent got an answer, be it the file or a no, with 3 when there was none in time, with 1
when something failed, with 2 when called wrongly. After Ctrl-C (130) the prompt stays open: --wait goes on.`;

/** The call was wrong; the message says how. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export interface DemoOptions {
  readonly agent: 'ask' | 'wait' | null;
  readonly person: { readonly does: 'answer'; readonly file: string } | { readonly does: 'decline' } | null;
  readonly prompt: string;
  readonly timeoutSeconds: number;
  readonly userId: string;
  readonly note: string | undefined;
  readonly url: string | undefined;
  readonly adminToken: string | undefined;
  readonly appKey: string | undefined;
  readonly token: string | undefined;
}

/** null: help was asked for. Throws `UsageError`. */
export function parseOptions(args: readonly string[]): DemoOptions | null {
  const values = parse(args);
  if (values.help) return null;
  const { ask, wait, answer: file, decline, note } = values;
  if (ask && wait) throw new UsageError('--ask and --wait are two different things.');
  if (file !== undefined && decline) throw new UsageError('--answer and --decline are two different things.');
  if (note !== undefined && !decline) throw new UsageError('--note goes with --decline.');
  const timeoutSeconds = Number(values.timeout ?? 300);
  if (!Number.isInteger(timeoutSeconds) || timeoutSeconds < 1) {
    throw new UsageError('--timeout is a whole number of seconds.');
  }
  const person =
    file !== undefined
      ? ({ does: 'answer', file } as const)
      : decline
        ? ({ does: 'decline' } as const)
        : null;
  return {
    agent: wait ? 'wait' : ask || person === null ? 'ask' : null,
    person,
    prompt: values.prompt ?? 'a copy of your business plan',
    timeoutSeconds,
    userId: values.user ?? 'alice',
    note,
    url: values.url?.replace(/\/+$/, ''),
    adminToken: values['admin-token'],
    appKey: values['app-key'],
    token: values.token,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        ask: { type: 'boolean' },
        wait: { type: 'boolean' },
        answer: { type: 'string' },
        decline: { type: 'boolean' },
        note: { type: 'string' },
        prompt: { type: 'string' },
        timeout: { type: 'string' },
        user: { type: 'string' },
        url: { type: 'string' },
        'admin-token': { type: 'string' },
        'app-key': { type: 'string' },
        token: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}
