import { receiveXml } from '../body.js';
import type { Buckets } from '../buckets.js';
import type { Call, Incoming, Reply } from '../call.js';
import { xmlReply } from '../call.js';
import { S3Error } from '../errors.js';
import { element, s3Namespace, xmlDocument } from '../xml.js';
import { childText } from '../xml-reader.js';

/** The one call without a bucket. It belongs to the account of who makes it. */
export async function createBucket(
  buckets: Buckets,
  name: string,
  incoming: Incoming,
  region: string,
): Promise<Reply> {
  const { fields, credential } = incoming;
  if (Number(fields.get('content-length') ?? 0) > 0 || incoming.payload.kind === 'chunked') {
    const root = await receiveXml(incoming, 'CreateBucketConfiguration');
    const asked = childText(root, 'LocationConstraint')?.trim() ?? region;
    if (asked !== region)
      throw new S3Error('InvalidArgument', 'Buckets are made in the region of this server only.');
  }
  await buckets.create(name, credential.account);
  return { status: 200, headers: { location: `/${name}` } };
}

export function headBucket(call: Call): Reply {
  return { status: 200, headers: { 'x-amz-bucket-region': call.region } };
}

export function getBucketLocation(call: Call): Reply {
  // S3's first region has no name here.
  const name = call.region === 'us-east-1' ? '' : call.region;
  return xmlReply(xmlDocument(element('LocationConstraint', name, s3Namespace)));
}
