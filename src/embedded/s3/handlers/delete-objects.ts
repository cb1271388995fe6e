import { receiveXml } from '../body.js';
import type { Call, Reply } from '../call.js';
import { xmlReply } from '../call.js';
import { toWriteGuard } from '../conditions.js';
import { S3Error } from '../errors.js';
import { assertKey } from '../target.js';
import { element, s3Namespace, xmlDocument } from '../xml.js';
import { childrenOf, childText } from '../xml-reader.js';

const maxKeys = 1000;

export async function deleteObject(call: Call): Promise<Reply> {
  await call.bucket.objects.delete(call.key, toWriteGuard(call.fields));
  return { status: 204 };
}

/** Deletes up to 1,000 objects; what was not there counts as deleted. */
export async function deleteObjects(call: Call): Promise<Reply> {
  const root = await receiveXml(call, 'Delete');
  const isQuiet = childText(root, 'Quiet')?.trim() === 'true';
  const keys = childrenOf(root, 'Object').map((object) => {
    const key = childText(object, 'Key');
    if (key === undefined || key === '') throw new S3Error('MalformedXML');
    if (object.children.length > 1) {
      throw new S3Error('NotImplemented', 'Versions and conditions of a batch are not implemented here.');
    }
    assertKey(key);
    return key;
  });
  if (keys.length === 0 || keys.length > maxKeys) throw new S3Error('MalformedXML');
  for (const key of keys) await call.bucket.objects.delete(key);
  const deleted = isQuiet ? [] : keys.map((key) => element('Deleted', [element('Key', key)]));
  return xmlReply(xmlDocument(element('DeleteResult', deleted, s3Namespace)));
}
