import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { extname } from 'node:path';
import { json } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { token, type TestServiceOptions } from '../../support/service.js';
import { openStage } from './stage.js';

const folder = new URL('../../../examples/chat/', import.meta.url);
const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
};

/** A page of the chat's own besides the example, by path. */
export type Pages = Readonly<Record<string, string>>;

/**
 * The example chat on a server of its own, so of another origin than the service, with the policy that
 * docs/embedding.md recommends and no word more; Alice is signed in to it.
 */
export async function openChatStage(options: TestServiceOptions & { pages?: Pages } = {}) {
  const { pages = {}, env = {}, ...rest } = options;
  const server = createServer((request, response) => void answer(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  // A TCP server's address is never a string.
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const stage = await openStage({ ...rest, env: { ...env, ALLOWED_ORIGINS: origin } });
  const sid = randomUUID();
  const chat = { tokenSeconds: 3600, tokensGiven: 0 };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = new URL(request.url ?? '', origin).pathname;
    if (request.method === 'POST') return sendJson(response, await act(path, request));
    const name = path === '/' ? 'index.html' : path.slice(1);
    const text =
      pages[path] ?? (await readFile(fileURLToPath(new URL(name, folder)), 'utf8').catch(() => ''));
    const socket = stage.origin.replace(/^http/, 'ws');
    response.writeHead(text === '' ? 404 : 200, {
      'content-type': types[extname(name)] ?? 'text/html; charset=utf-8',
      'content-security-policy':
        `default-src 'none'; script-src 'self' ${stage.origin}; style-src 'self'; ` +
        `connect-src 'self' ${stage.origin} ${socket} ${stage.storageOrigin}; base-uri 'none'; form-action 'none'`,
    });
    response.end(text.replaceAll('http://localhost:4000', stage.origin));
  }

  async function act(path: string, request: IncomingMessage): Promise<object> {
    if (path === '/token') {
      chat.tokensGiven += 1;
      const expiresInSeconds = chat.tokenSeconds;
      return { token: await token('alice', { name: 'Alice', sid, expiresInSeconds }), expiresInSeconds };
    }
    // What our own page sends.
    const { conversationId, text } = (await json(request)) as { conversationId: string; text: string };
    void stage.ask(text, { conversationId });
    return {};
  }

  return {
    ...stage,
    chat,

    /** The chat, or another page of its server. */
    openChat: (contextOptions: BrowserContextOptions = {}, path = '/'): Promise<Page> =>
      stage.open(origin + path, contextOptions),

    async close(): Promise<void> {
      await stage.close();
      server.close();
      server.closeAllConnections();
    },
  };
}

export type ChatStage = Awaited<ReturnType<typeof openChatStage>>;

function sendJson(response: ServerResponse, body: object): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

/** The conversation of this load of the chat. */
export async function conversationOf(page: Page): Promise<string> {
  const id = await page.locator('askfile-prompts').getAttribute('conversation-id');
  if (id === null) throw new Error('the chat has no conversation yet');
  return id;
}

/** Keeps what the element tells, to be read by `heard`. */
export async function listen(page: Page): Promise<void> {
  await page.evaluate(() => {
    const heard: object[] = [];
    for (const name of ['prompt', 'uploaded', 'declined', 'timeout', 'error']) {
      document.addEventListener(`askfile-${name}`, (event) =>
        heard.push({ name, ...(event as CustomEvent<object>).detail }),
      );
    }
    Object.assign(window, { heard });
  });
}

/** Every event so far, and waits for one of this name. */
export async function heard(page: Page, name: string): Promise<Record<string, unknown>[]> {
  // Put there by `listen`, which the window's type does not know.
  type Heard = { heard: ({ name: string } & Record<string, unknown>)[] };
  await page.waitForFunction(
    (name) => (window as unknown as Heard).heard.some((one) => one.name === name),
    name,
  );
  return page.evaluate(() => (window as unknown as Heard).heard);
}
