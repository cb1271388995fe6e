import { request } from 'node:http';
import type { Api } from './api.js';
import { pdf } from './heart.js';

export const bearer = ({ credential }: Api): Record<string, string> =>
  credential === '' ? {} : { authorization: `Bearer ${credential}` };

/** What stands before the bytes of the file, and behind them, in a form that is written by hand. */
export const formHead =
  '--xyz\r\ncontent-disposition: form-data; name="file"; filename="a.pdf"\r\ncontent-type: application/pdf\r\n\r\n';
export const formTail = '\r\n--xyz--\r\n';

/** `POST /v1/assets` that is written by hand. */
export function beginForm(by: Api, headers: Record<string, string>) {
  const { hostname, port } = new URL(by.url);
  const outgoing = request({
    hostname: hostname === 'localhost' ? '127.0.0.1' : hostname,
    port,
    path: '/v1/assets',
    method: 'POST',
    headers: { ...bearer(by), 'content-type': 'multipart/form-data; boundary=xyz', ...headers },
  });
  const answered = new Promise<{ status: number; text: string }>((resolve, reject) => {
    outgoing.on('error', reject);
    outgoing.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
    });
  });
  return { outgoing, answered };
}

export interface Answered {
  status: number;
  headers: Headers;
  // What the service answers, or its error.
  body: Record<string, unknown> & { error?: { code: string; field?: string; message: string } };
}

/** `POST /v1/assets`. */
export async function post(by: Api, form: FormData, headers: Record<string, string> = {}): Promise<Answered> {
  const response = await fetch(`${by.url}/v1/assets`, {
    method: 'POST',
    headers: { ...bearer(by), ...headers },
    body: form,
  });
  return {
    status: response.status,
    headers: response.headers,
    body: (await response.json()) as Answered['body'],
  };
}

/** Fields first, then the file. */
export function formOf(
  fields: Record<string, string> = {},
  content: Buffer = pdf('by plain HTTP'),
  filename = 'plan.pdf',
  type = 'application/pdf',
): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  form.append('file', new Blob([new Uint8Array(content)], { type }), filename);
  return form;
}
