import { existsSync } from 'node:fs';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';

const executablePath = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium';

const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export async function openBrowser(): Promise<Browser> {
  if (!existsSync(executablePath)) {
    throw new Error(
      `The tests of the portal need Chromium, and there is none at ${executablePath}. ` +
        'On Debian: apt-get install -y chromium. Elsewhere, say where it is with CHROMIUM_PATH.',
    );
  }
  return chromium.launch({ executablePath, args });
}

export interface Window {
  readonly page: Page;
  /** What must never happen: errors of the page, what its policy refused, requests to anybody but us. */
  readonly faults: string[];
}

/** A window of a browser profile of its own: another device. */
export async function openWindow(
  browser: Browser,
  { ownOrigins, ...options }: BrowserContextOptions & { ownOrigins: readonly string[] },
): Promise<Window> {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 860 },
    // What fades away is there for a while beside what took its place.
    reducedMotion: 'reduce',
    ...options,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(40_000);
  // From now on dialogs for files are handed over. To tell the browser so takes a while, and a key is quicker than who
  // begins to wait for the dialog when it is pressed.
  page.on('filechooser', () => undefined);
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(`error: ${error.message}`));
  page.on('console', (message) => {
    const text = message.text();
    // What could not be loaded is told by the page itself, where it matters.
    const isAboutNetwork = /Failed to load resource|WebSocket connection/.test(text);
    if (message.type() === 'error' && !isAboutNetwork) faults.push(`console: ${text}`);
  });
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (url.protocol.startsWith('http') && !ownOrigins.includes(url.origin))
      faults.push(`asks ${url.origin}`);
  });
  return { page, faults };
}
