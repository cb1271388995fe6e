import { body, failed, ok, presignUpload, request } from './check.js';
import type { Check, CheckContext, Finding } from './check.js';

/** One check for each origin that the portal is served from. */
export function toCorsChecks(origins: readonly string[]): Check[] {
  return origins.map((origin) => ({
    what: `CORS: ${origin} may upload and see the ETag`,
    run: (context) => checkOrigin(context, origin),
  }));
}

async function checkOrigin({ store, newKey }: CheckContext, origin: string): Promise<Finding> {
  const advice = `Run npm run storage:setup, or let ${origin} PUT with content-type and x-amz-checksum-sha256, exposing ETag`;
  const { url, headers } = await presignUpload(store, newKey());
  const preflight = await request(url, {
    method: 'OPTIONS',
    headers: {
      origin,
      'access-control-request-method': 'PUT',
      'access-control-request-headers': 'content-type,x-amz-checksum-sha256',
    },
  });
  await preflight?.body?.cancel();
  if (preflight === undefined || !preflight.ok || !allows(preflight, 'origin', origin)) {
    return failed(`${advice} (preflight: HTTP ${preflight?.status ?? 0}).`);
  }
  if (!allows(preflight, 'methods', 'PUT')) return failed(`${advice} (PUT is not allowed).`);
  for (const header of ['content-type', 'x-amz-checksum-sha256']) {
    if (!allows(preflight, 'headers', header)) return failed(`${advice} (${header} is not allowed).`);
  }
  const upload = await request(url, { method: 'PUT', headers: { ...headers, origin }, body });
  await upload?.body?.cancel();
  if (upload === undefined || !upload.ok || !allows(upload, 'origin', origin)) {
    return failed(`${advice} (upload: HTTP ${upload?.status ?? 0}).`);
  }
  const exposed = upload.headers.get('access-control-expose-headers') ?? '';
  return lists(exposed, 'etag') ? ok : failed(`${advice} (ETag is not exposed).`);
}

function allows(response: Response, what: 'origin' | 'methods' | 'headers', value: string): boolean {
  return lists(response.headers.get(`access-control-allow-${what}`) ?? '', value);
}

function lists(header: string, value: string): boolean {
  const items = header.split(',').map((item) => item.trim().toLowerCase());
  return items.includes('*') || items.includes(value.toLowerCase());
}
