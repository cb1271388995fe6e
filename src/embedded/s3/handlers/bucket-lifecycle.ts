import { receiveXml } from '../body.js';
import type { LifecycleRule } from '../buckets.js';
import type { Call, Reply } from '../call.js';
import { xmlReply } from '../call.js';
import { S3Error } from '../errors.js';
import { element, optional, s3Namespace, xmlDocument } from '../xml.js';
import { childrenOf, childText } from '../xml-reader.js';
import type { XmlNode } from '../xml-reader.js';

const maxRules = 1000;
// What is not understood must not be taken for kept.
const understood = ['ID', 'Status', 'Filter', 'Prefix', 'Expiration', 'AbortIncompleteMultipartUpload'];

export async function putBucketLifecycle(call: Call): Promise<Reply> {
  const root = await receiveXml(call, 'LifecycleConfiguration');
  const rules = childrenOf(root, 'Rule').map(toRule);
  if (rules.length === 0 || rules.length > maxRules) throw new S3Error('MalformedXML');
  await call.bucket.setLifecycle(rules);
  return { status: 200 };
}

export function getBucketLifecycle(call: Call): Reply {
  const rules = call.bucket.lifecycle();
  if (!rules) throw new S3Error('NoSuchLifecycleConfiguration');
  const days = (name: string, value: number | undefined) =>
    value === undefined ? undefined : [element(name, value)];
  const xml = rules.map((rule) =>
    element('Rule', [
      ...optional('Expiration', days('Days', rule.expirationDays)),
      ...optional('ID', rule.id),
      element('Filter', [element('Prefix', rule.prefix)]),
      element('Status', rule.enabled ? 'Enabled' : 'Disabled'),
      ...optional('AbortIncompleteMultipartUpload', days('DaysAfterInitiation', rule.abortMultipartDays)),
    ]),
  );
  return xmlReply(xmlDocument(element('LifecycleConfiguration', xml, s3Namespace)));
}

export async function deleteBucketLifecycle(call: Call): Promise<Reply> {
  await call.bucket.setLifecycle(undefined);
  return { status: 204 };
}

function toRule(node: XmlNode): LifecycleRule {
  assertOnly(node, understood);
  const id = childText(node, 'ID');
  const status = childText(node, 'Status')?.trim();
  const expirationDays = readDays(node, 'Expiration', 'Days');
  const abortMultipartDays = readDays(node, 'AbortIncompleteMultipartUpload', 'DaysAfterInitiation');
  if (status !== 'Enabled' && status !== 'Disabled') throw new S3Error('MalformedXML');
  if (expirationDays === undefined && abortMultipartDays === undefined) {
    throw new S3Error('InvalidRequest', 'At least one action needs to be specified in a rule.');
  }
  return {
    enabled: status === 'Enabled',
    prefix: readPrefix(node),
    ...(id !== undefined && { id }),
    ...(expirationDays !== undefined && { expirationDays }),
    ...(abortMultipartDays !== undefined && { abortMultipartDays }),
  };
}

function readPrefix(rule: XmlNode): string {
  const [filter, second] = childrenOf(rule, 'Filter');
  if (second) throw new S3Error('MalformedXML');
  if (!filter) return childText(rule, 'Prefix') ?? '';
  assertOnly(filter, ['Prefix']);
  return childText(filter, 'Prefix') ?? '';
}

function readDays(rule: XmlNode, action: string, unit: string): number | undefined {
  const [node, second] = childrenOf(rule, action);
  if (!node) return undefined;
  assertOnly(node, [unit]);
  const text = childText(node, unit)?.trim() ?? '';
  if (second || !/^[1-9]\d{0,5}$/.test(text))
    throw new S3Error('InvalidArgument', `${unit} must be a positive number.`);
  return Number(text);
}

function assertOnly(node: XmlNode, names: readonly string[]): void {
  if (node.children.some((child) => !names.includes(child.name))) {
    throw new S3Error(
      'NotImplemented',
      'The lifecycle rule asks for something that is not implemented here.',
    );
  }
}
