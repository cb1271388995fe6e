import { z } from 'zod';
import { permissionDenied } from '../core/errors.js';
import { tokenSeconds, type Demo } from '../demo/demo.js';
import { isFromThisMachine } from './loopback.js';
import type { IsOriginAllowed } from './origins.js';
import { readJson } from './request-body.js';
import { HttpRefusal, sendJson, type Handler } from './respond.js';

const maxBodyBytes = 4096;
const chatPerson = 'alice';
const signInBody = z.object({ person: z.unknown() }).catch({ person: undefined });

const message = z
  .object({ conversationId: z.string(), text: z.string() })
  .catch({ conversationId: '', text: '' });

/**
 * Sign-in without a password, the demo agent's key, and the server's side of the example chat, which is Alice's. Mounted only where everything is embedded, and even there
 * answered only to this machine's own pages and programs.
 */
export function makeDemoRoutes(demo: Demo, isOriginAllowed: IsOriginAllowed): Record<string, Handler> {
  const post =
    (answer: (body: unknown) => Promise<object>): Handler =>
    async (request, response) => {
      if (request.method !== 'POST') throw new HttpRefusal(405, 'This is asked by POST.', { allow: 'POST' });
      const { origin } = request.headers;
      if (!isFromThisMachine(request) || (origin !== undefined && !isOriginAllowed(origin))) {
        throw permissionDenied('The demo is for the machine that it runs on.');
      }
      sendJson(response, 200, await answer(await readJson(request, maxBodyBytes)));
    };

  return {
    '/demo/sign-in': post(async (body) => ({ token: await demo.signIn(signInBody.parse(body).person) })),
    '/demo/agent-key': post(async () => ({ appKey: await demo.getAgentKey() })),
    '/demo/chat/token': post(async () => ({
      token: await demo.signIn(chatPerson),
      expiresInSeconds: tokenSeconds,
    })),
    '/demo/chat/messages': post(async (body) => {
      await demo.answerMessage({ person: chatPerson, ...message.parse(body) });
      return {};
    }),
  };
}
