import {
  createAgentClient,
  createPortalClient,
  type AgentClient,
  type PortalClient,
  type UploadPrompt,
} from '../../client/index.js';
import { fileFromPath } from '../../client/node.js';
import type { Config } from '../../config.js';
import { makeProgressLine, showResult } from './agent-side.js';
import { makeMemoFile, type Memo } from './memo.js';
import type { DemoOptions } from './options.js';
import { awaitPrompt, respond, type Response } from './person-side.js';
import { prepareAgent } from './prepare.js';
import { makeScreen } from './screen.js';
import { isAnswering, startOwnService } from './service.js';
import { makeTokens } from './tokens.js';

export const exitCodes = { answered: 0, failed: 1, usage: 2, timeout: 3, interrupted: 130 } as const;

const hint = `to answer, in a second terminal:
  npm run demo -- --answer path/to/file.pdf
  npm run demo -- --decline`;

/**
 * One run of the demo: what the options say, against the service that they name. Resolves with the exit code;
 * after an abort the prompt stays open, and what waited for it goes on until the process ends.
 */
export async function runDemo(options: DemoOptions, config: Config, signal: AbortSignal): Promise<number> {
  const url = options.url ?? config.publicUrl ?? `http://localhost:${config.port}`;
  const screen = makeScreen('demo');
  // Before anything is started: a file that isn't there is the likeliest mistake.
  const response = await toResponse(options);
  const own = await findOrStart();
  try {
    const code = await Promise.race([act(), whenAborted(signal)]);
    if (code === exitCodes.interrupted && options.agent !== null) {
      screen.say('interrupted; the prompt stays open until its time is over: npm run demo -- --wait goes on');
    }
    return code;
  } finally {
    if (own !== undefined) {
      screen.say('stopping the service');
      await own.close();
    }
  }

  async function findOrStart() {
    if (await isAnswering(url)) {
      screen.say(`the service at ${url}`);
      return undefined;
    }
    if (options.url !== undefined) throw new Error(`Nothing answers at ${url}/healthz.`);
    if (options.agent === null) {
      throw new Error(`Nothing answers at ${url}. Run the demo in another terminal first: npm run demo`);
    }
    screen.say(`nothing answers at ${url}; starting a service there`);
    return startOwnService(url, signal);
  }

  async function act(): Promise<number> {
    const tokens = makeTokens(config);
    const portal = await signIn();
    if (options.agent === null) {
      await respondTo(portal, undefined);
      return exitCodes.answered;
    }

    const file = makeMemoFile(config.dataDir);
    const memo = await file.read(url);
    const appKey =
      options.appKey ?? (await prepareAgent(url, options.adminToken ?? (await tokens.admin()), memo.appKey));
    const agent = createAgentClient({ url, appKey });

    let responding: Promise<void> | undefined;
    let failed: (error: unknown) => void = () => {};
    const failure = new Promise<never>((_, reject) => (failed = reject));
    const answered = waitAsAgent(agent, memo.promptId, async (prompt) => {
      await file.write({ url, appKey, promptId: prompt.id } satisfies Memo);
      responding = respondTo(portal, prompt.id);
      responding.catch(failed);
    });
    const outcome = await Promise.race([answered, failure]);
    if (outcome === 'TIMEOUT') return exitCodes.timeout;
    await responding;
    return exitCodes.answered;

    /** Also makes the person known to the organization; without a token they must be known already. */
    async function signIn(): Promise<PortalClient | undefined> {
      const isForeign = options.appKey !== undefined;
      const token = options.token ?? (isForeign ? undefined : await tokens.person(options.userId));
      if (token === undefined && response !== null) throw new Error('To answer there, give --token, too.');
      if (token === undefined) return undefined;
      const client = createPortalClient({ url, token });
      await client.viewer();
      return client;
    }
  }

  async function respondTo(portal: PortalClient | undefined, promptId: string | undefined): Promise<void> {
    if (portal === undefined || response === null) return;
    const its = makeScreen(options.userId);
    await respond(portal, await awaitPrompt(portal, its, signal, promptId), response, its);
  }

  async function waitAsAgent(
    agent: AgentClient,
    lastPromptId: string | undefined,
    onAsked: (prompt: UploadPrompt) => Promise<void>,
  ): Promise<string> {
    const its = makeScreen('agent');
    const tell = makeProgressLine(its);
    let asked: Promise<void> | undefined;
    const onProgress = (prompt: UploadPrompt) => {
      tell(prompt);
      if (asked !== undefined) return;
      asked = onAsked(prompt);
      asked.catch(() => {}); // Awaited below, once there is an answer.
    };
    const result = await (options.agent === 'wait' ? waitAgain() : ask());
    await asked;
    await showResult(agent, result, its, { withLink: own === undefined });
    return result.outcome;

    function ask() {
      const { userId, prompt, timeoutSeconds } = options;
      its.say(`asks ${userId} for: ${prompt}`);
      if (response === null) its.say(hint);
      return agent.requestUpload({ userId, prompt, timeoutSeconds }, { onProgress });
    }

    function waitAgain() {
      if (lastPromptId === undefined) throw new Error('Nothing was asked yet: npm run demo');
      its.say(`waits again for prompt ${lastPromptId}`);
      return agent.awaitResult(lastPromptId, { onProgress });
    }
  }
}

/** Rejects when the file isn't there. */
async function toResponse({ person, note }: DemoOptions): Promise<Response | null> {
  if (person === null) return null;
  return person.does === 'answer' ? { file: await fileFromPath(person.file) } : { note };
}

function whenAborted(signal: AbortSignal): Promise<number> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(exitCodes.interrupted), { once: true });
  });
}
