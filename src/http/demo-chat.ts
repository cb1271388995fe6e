import { readdir, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { notFound } from '../core/errors.js';
import { isFromThisMachine } from './loopback.js';
import { assertRead } from './send-file.js';
import { send, type Handler } from './respond.js';

const contentTypes: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
};

/** In place of the service's own address, which the example can't know. */
const exampleAddress = 'http://localhost:4000';

export interface DemoChatOptions {
  /** examples/chat. */
  readonly folder: string;
  readonly publicUrl: () => string;
  readonly storageOrigin: string;
}

/**
 * The example of a page that embeds the requests, at `/demo/chat/`, for this machine only. Its policy is as strict as
 * such a page's can be.
 */
export async function makeDemoChatRoutes(options: DemoChatOptions): Promise<Record<string, Handler>> {
  const { folder, publicUrl, storageOrigin } = options;
  const names = (await readdir(folder)).filter((name) => contentTypes[extname(name)] !== undefined);
  const files = await Promise.all(
    names.map(async (name) => [name, await readFile(join(folder, name), 'utf8')] as const),
  );

  const get =
    (name: string, text: string): Handler =>
    (request, response) => {
      if (!isFromThisMachine(request)) throw notFound('The page');
      assertRead(request);
      // By the name that the page was asked by: of this machine's names, each is an origin of its own.
      const own = new URL(publicUrl());
      own.hostname = new URL(`http://${request.headers.host ?? ''}`).hostname;
      const socket = own.origin.replace(/^http/, 'ws');
      send(response, 200, contentTypes[extname(name)] ?? '', text.replaceAll(exampleAddress, own.origin), {
        'cache-control': 'no-cache',
        'content-security-policy':
          `default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self' ${socket} ${storageOrigin}; ` +
          "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      });
    };

  return {
    '/demo/chat': (request, response) => {
      if (!isFromThisMachine(request)) throw notFound('The page');
      response.writeHead(302, { location: '/demo/chat/' });
      response.end();
    },
    ...Object.fromEntries(
      files.map(([name, text]) => [`/demo/chat/${name === 'index.html' ? '' : name}`, get(name, text)]),
    ),
  };
}
