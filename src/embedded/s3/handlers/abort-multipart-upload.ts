import type { Call, Reply } from '../call.js';
import { S3Error } from '../errors.js';

export async function abortMultipartUpload(call: Call): Promise<Reply> {
  const { uploads } = call.bucket;
  const uploadId = call.query.get('uploadId') ?? '';
  await uploads.exclusively(uploadId, async () => {
    if (!(await uploads.find(uploadId, call.key))) throw new S3Error('NoSuchUpload');
    await uploads.remove(uploadId);
  });
  return { status: 204 };
}
