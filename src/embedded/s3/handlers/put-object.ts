import { maxPutBytes, receiveBody } from '../body.js';
import type { Call, Reply } from '../call.js';
import { toWriteGuard } from '../conditions.js';
import { quoted, readObjectHeaders, toChecksumHeaders } from '../object-headers.js';

export async function putObject(call: Call): Promise<Reply> {
  const { objects } = call.bucket;
  const headers = readObjectHeaders(call);
  const guard = toWriteGuard(call.fields);
  const body = receiveBody(call, { maxSizeBytes: maxPutBytes });
  // Asked again when the bytes are there; now it saves sending them.
  if (guard) guard(await objects.head(call.key));
  const meta = await objects.put({
    key: call.key,
    chunks: body.chunks,
    describe: () => {
      const checksum = body.checksum();
      return { etag: body.md5(), headers, ...(checksum && { checksum }) };
    },
    ...(guard && { guard }),
  });
  return { status: 200, headers: { etag: quoted(meta.etag), ...toChecksumHeaders(meta.checksum) } };
}
