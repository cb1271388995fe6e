import type { PortalClient, UploadPrompt } from '../../client/index.js';
import type { UploadSource } from '../../client/node.js';
import { toSize, toTime, type Screen } from './screen.js';

/**
 * Resolves with the first open prompt that the portal shows, the newest where there are several; with
 * `promptId`, with that one. Rejects with the signal's reason, or when the session is refused.
 */
export async function awaitPrompt(
  portal: PortalClient,
  screen: Screen,
  signal: AbortSignal,
  promptId?: string,
): Promise<UploadPrompt> {
  let stop = () => {};
  try {
    return await new Promise<UploadPrompt>((resolve, reject) => {
      signal.addEventListener('abort', () => reject(new Error('interrupted')), { once: true });
      stop = portal.prompts(
        (prompts) => {
          const open = prompts.filter(({ status }) => status === 'PENDING');
          const prompt = promptId === undefined ? open.at(-1) : open.find(({ id }) => id === promptId);
          if (prompt === undefined) screen.say('nobody asks for anything; waiting');
          else resolve(prompt);
        },
        {
          onError: reject,
          onConnection: (state) => screen.say(`the portal is ${state}`),
        },
      );
    });
  } finally {
    stop();
  }
}

export type Response = { readonly file: UploadSource } | { readonly note: string | undefined };

/** Does with a prompt what was asked for on the command line, and tells it. */
export async function respond(
  portal: PortalClient,
  prompt: UploadPrompt,
  response: Response,
  screen: Screen,
): Promise<void> {
  screen.say(
    `${prompt.agent.name} is asking for: ${prompt.prompt}\n` +
      `  up to ${toSize(prompt.maxSizeBytes)}, until ${toTime(prompt.expiresAt)}`,
  );
  await portal.markSeen(prompt);
  if (!('file' in response)) {
    await portal.decline(prompt, response.note);
    screen.say('declined');
    return;
  }
  const { file } = response;
  screen.say(
    `sends ${file.filename} (${file.mimeType}, ${toSize(file.sizeBytes)}) straight to object storage`,
  );
  const asset = await portal.answer(prompt, file, {
    onProgress: ({ sentBytes, totalBytes }) => screen.progress(sentBytes, totalBytes),
  });
  screen.say(`uploaded: ${asset.urn}`);
}
