import { S3Error } from '../errors.js';
import { uriEncode } from '../sigv4.js';

/** A whole number of the query; what is above `max` counts as that. Throws InvalidArgument. */
export function readCount(
  query: ReadonlyMap<string, string>,
  name: string,
  max: number,
  fallback = max,
): number {
  const text = query.get(name) ?? String(fallback);
  if (!/^\d{1,10}$/.test(text)) throw new S3Error('InvalidArgument', `${name} is not a number.`);
  return Math.min(Number(text), max);
}

/** How keys stand in the answer: as they are, or percent-encoded for what XML cannot carry. */
export function readEncoder(query: ReadonlyMap<string, string>): (key: string) => string {
  const type = query.get('encoding-type');
  if (type === undefined) return (key) => key;
  if (type !== 'url') throw new S3Error('InvalidArgument', 'Invalid Encoding Method specified in Request');
  return (key) => key.split('/').map(uriEncode).join('/');
}
