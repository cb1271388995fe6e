import { receiveXml } from '../body.js';
import type { CorsRule } from '../buckets.js';
import type { Call, Reply } from '../call.js';
import { xmlReply } from '../call.js';
import { S3Error } from '../errors.js';
import { element, optional, s3Namespace, xmlDocument } from '../xml.js';
import { childrenOf, childText } from '../xml-reader.js';
import type { XmlNode } from '../xml-reader.js';

const methods = ['GET', 'PUT', 'POST', 'DELETE', 'HEAD'];
const maxRules = 100;

export async function putBucketCors(call: Call): Promise<Reply> {
  const root = await receiveXml(call, 'CORSConfiguration');
  const rules = childrenOf(root, 'CORSRule').map(toRule);
  if (rules.length === 0 || rules.length > maxRules) throw new S3Error('MalformedXML');
  await call.bucket.setCors(rules);
  return { status: 200 };
}

export function getBucketCors(call: Call): Reply {
  const rules = call.bucket.cors();
  if (!rules) throw new S3Error('NoSuchCORSConfiguration');
  const each = (name: string, values: readonly string[]) => values.map((value) => element(name, value));
  const xml = rules.map((rule) =>
    element('CORSRule', [
      ...optional('ID', rule.id),
      ...each('AllowedMethod', rule.allowedMethods),
      ...each('AllowedOrigin', rule.allowedOrigins),
      ...each('AllowedHeader', rule.allowedHeaders),
      ...each('ExposeHeader', rule.exposeHeaders),
      ...optional('MaxAgeSeconds', rule.maxAgeSeconds),
    ]),
  );
  return xmlReply(xmlDocument(element('CORSConfiguration', xml, s3Namespace)));
}

export async function deleteBucketCors(call: Call): Promise<Reply> {
  await call.bucket.setCors(undefined);
  return { status: 204 };
}

function toRule(node: XmlNode): CorsRule {
  const texts = (name: string) => childrenOf(node, name).map((child) => child.text.trim());
  const id = childText(node, 'ID');
  const maxAge = childText(node, 'MaxAgeSeconds')?.trim();
  const rule = {
    allowedOrigins: texts('AllowedOrigin'),
    allowedMethods: texts('AllowedMethod'),
    allowedHeaders: texts('AllowedHeader'),
    exposeHeaders: texts('ExposeHeader'),
  };
  const patterns = [...rule.allowedOrigins, ...rule.allowedHeaders];
  if (rule.allowedOrigins.length === 0 || rule.allowedMethods.length === 0) throw new S3Error('MalformedXML');
  if (maxAge !== undefined && !/^\d{1,9}$/.test(maxAge)) throw new S3Error('MalformedXML');
  if (patterns.some((pattern) => pattern.split('*').length > 2)) {
    throw new S3Error('InvalidRequest', 'A pattern may contain one * only.');
  }
  // They are answered as they are: nothing but the name of a header may stand in one.
  if (rule.exposeHeaders.some((name) => !/^[\w-]+$/.test(name))) throw new S3Error('InvalidRequest');
  if (rule.allowedMethods.some((method) => !methods.includes(method))) {
    throw new S3Error('InvalidRequest', 'Found unsupported HTTP method in CORS config.');
  }
  return {
    ...rule,
    ...(id !== undefined && { id }),
    ...(maxAge !== undefined && { maxAgeSeconds: Number(maxAge) }),
  };
}
