import {
  hasCorsRule,
  hasLifecycleRule,
  toCorsRule,
  toLifecycleRules,
  withRules,
} from '../../../src/infra/s3/bucket-rules.js';

const ours = toCorsRule(['https://a.example.com', 'https://b.example.com']);
const foreign = { ID: 'theirs', AllowedOrigins: ['*'], AllowedMethods: ['GET'] };

test('a CORS rule is found again in another order and case, not with another origin', () => {
  const answered = {
    ...ours,
    AllowedOrigins: ['https://b.example.com', 'https://a.example.com'],
    AllowedHeaders: ['X-Amz-Checksum-Sha256', 'Content-Type'],
  };
  expect(hasCorsRule([foreign, answered], ours)).toBe(true);
  expect(hasCorsRule([foreign, { ...ours, AllowedOrigins: ['https://a.example.com'] }], ours)).toBe(false);
  expect(hasCorsRule([], ours)).toBe(false);
});

test('a lifecycle rule is found again in its older form, not when it is off or narrower', () => {
  const [abort] = toLifecycleRules();
  if (abort === undefined) throw new Error('There is a rule for unfinished multipart uploads.');
  expect(hasLifecycleRule([{ ...abort, Filter: undefined, Prefix: '' }], abort)).toBe(true);
  expect(hasLifecycleRule([{ ...abort, Status: 'Disabled' }], abort)).toBe(false);
  expect(hasLifecycleRule([{ ...abort, Filter: { Prefix: 'staging/' } }], abort)).toBe(false);
});

test('ours take the place of what has their ids; rules of others stay', () => {
  const older = toCorsRule(['https://old.example.com']);
  expect(withRules([older, foreign], [ours])).toEqual([foreign, ours]);
});
