import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { createAgentClient, type UploadRequest, type UploadResult } from '../../../src/client/index.js';
import { findFreePort } from '../../../src/embedded/free-port.js';
import { setUpBucket } from '../../../src/infra/s3/bucket-setup.js';
import { seedHeart } from '../../support/heart.js';
import { openBackends, openService, token, type TestServiceOptions } from '../../support/service.js';
import { makeTcpProxy } from '../../support/tcp-proxy.js';
import { openBrowser, openWindow, type Window } from './browser.js';

const builtPage = fileURLToPath(new URL('../../../dist/portal/index.html', import.meta.url));

/**
 * A service with an agent that may ask Alice of acme, and a browser, which reaches the service by `connection`;
 * the agent has a way of its own. The service reaches storage by `storage`, the browser by a way of its own.
 */
export async function openStage({ env = {}, ...options }: TestServiceOptions = {}) {
  if (!existsSync(builtPage)) throw new Error('The portal has not been built yet: npm run build.');
  const backends = await openBackends();
  const port = await findFreePort();
  const connection = await makeTcpProxy({ to: { host: '127.0.0.1', port } });
  const origin = `http://localhost:${connection.port}`;
  const { endpoint, publicUrl } = backends.store.config;
  const storage = await makeTcpProxy({ to: toAddress(endpoint) });
  const service = await openService(backends, {
    ...options,
    env: {
      ...env,
      PORT: String(port),
      PUBLIC_URL: origin,
      STORAGE_ENDPOINT: `http://127.0.0.1:${storage.port}`,
      STORAGE_PUBLIC_URL: publicUrl,
    },
  });
  const otherOrigins = (env['ALLOWED_ORIGINS'] ?? '').split(',').filter(Boolean);
  await setUpBucket(backends.store.config, [origin, ...otherOrigins]);
  const direct = { url: `http://localhost:${port}` };
  const heart = await seedHeart(direct);
  const agentClient = createAgentClient({ ...direct, appKey: heart.agent.credential });
  const browser: Browser = await openBrowser();
  const windows: Window[] = [];
  const storageOrigin = new URL(publicUrl).origin;
  const ownOrigins = [origin, storageOrigin, ...otherOrigins];
  const closing = new AbortController();

  /** A path of the service, or a whole address. `prepare` is called with the window before anything is loaded. */
  async function open(
    path: string,
    contextOptions: BrowserContextOptions = {},
    prepare: (page: Page) => unknown = () => undefined,
  ): Promise<Page> {
    const window = await openWindow(browser, { ...contextOptions, ownOrigins });
    windows.push(window);
    prepare(window.page);
    await window.page.goto(new URL(path, origin).href);
    return window.page;
  }

  return {
    ...heart,
    service,
    backends,
    connection,
    storage,
    agentClient,
    /** Where browsers find the service, and where they put bytes. */
    origin,
    storageOrigin,
    open,

    /** As an agent's runtime does: resolves with the one answer. */
    ask(prompt: string, how: Omit<UploadRequest, 'userId' | 'prompt'> = {}): Promise<UploadResult> {
      const result = agentClient.requestUpload(
        { userId: 'alice', prompt, ...how },
        { signal: closing.signal },
      );
      // Of a test that has failed, nobody waits for it; it would go on asking for as long as there is no answer.
      result.catch(() => undefined);
      return result;
    },

    /** Somebody of acme on one more device, at a page; what matters of it is for the caller to wait for. */
    async openAs(
      { sub, ...claims }: { sub: string } & NonNullable<Parameters<typeof token>[1]>,
      path: string,
      contextOptions: BrowserContextOptions = {},
    ): Promise<Page> {
      return open(`${path}#token=${await token(sub, claims)}`, contextOptions);
    },

    /** Alice on one more device, signed in by a link of her platform, with the list there. */
    async openAsAlice(contextOptions: BrowserContextOptions = {}): Promise<Page> {
      const page = await open(`/#token=${await token('alice', { name: 'Alice' })}`, contextOptions);
      await page.getByRole('heading', { level: 1, name: /request/i }).waitFor();
      return page;
    },

    /** Closes every window; resolves with what went wrong in any of them. */
    async closeWindows(): Promise<string[]> {
      const closed = windows.splice(0);
      await Promise.all(closed.map(({ page }) => page.context().close()));
      return closed.flatMap(({ faults }) => faults);
    },

    async close(): Promise<void> {
      closing.abort();
      await browser.close();
      await connection.close();
      await service.close();
      await storage.close();
      await backends.close();
    },
  };
}

function toAddress(url: string): { host: string; port: number } {
  const { hostname, port } = new URL(url);
  return { host: hostname, port: Number(port) };
}

export type Stage = Awaited<ReturnType<typeof openStage>>;

/** The card of the request with this text. */
export function card(page: Page, prompt = 'a copy of your business plan'): Locator {
  return page.getByRole('article').filter({ hasText: prompt });
}

export interface GivenFile {
  readonly name: string;
  readonly mimeType: string;
  readonly buffer: Buffer;
}

/** Presses the button and picks files in the dialog that it opens. */
export async function pick(
  page: Page,
  button: Locator,
  files: GivenFile | GivenFile[] | string,
): Promise<void> {
  const [dialog] = await Promise.all([page.waitForEvent('filechooser'), button.click()]);
  await dialog.setFiles(files);
}

/** Chooses the file for the request, then sends it. */
export async function send(page: Page, files: GivenFile | GivenFile[], prompt?: string): Promise<void> {
  const its = card(page, prompt);
  await pick(page, its.getByRole('button', { name: /^Choose file/ }), files);
  await its.getByRole('button', { name: 'Send to Buno' }).click();
}
