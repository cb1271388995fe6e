import { toExtraction } from '../../../src/infra/extraction/answer.js';

const said = (...lines: string[]) => Buffer.from(lines.join('\n'));
const webp = Buffer.from('RIFF\0\0\0\0WEBP', 'latin1').toString('base64');
const crashed = {
  status: 'CRASHED',
  reason: 'The file made its reader fail, or needs too much memory.',
};

test('each line adds to those before, or puts them right', () => {
  const output = said('{"text":"One","width":1}', `{"thumbnail":"${webp}"}`, '{"text":"Two"}', '');
  const extraction = toExtraction({ status: 'ANSWERED', output });
  expect(extraction).toMatchObject({
    status: 'DONE',
    extract: { text: 'Two', width: 1, height: null, thumbnail: Buffer.from(webp, 'base64') },
  });
  expect(extraction).not.toHaveProperty('extract.missing');
});

test('what a child had said before it was killed is kept, with what kept it from the rest', () => {
  const output = said('{"text":"One"}', '{"text":"Tw');
  expect(toExtraction({ status: 'CRASHED', cause: 'TIME', output })).toMatchObject({
    status: 'DONE',
    extract: { text: 'One', missing: 'Not everything was found: it took too long.' },
  });
});

test('a child that says nothing before it is killed has crashed', () => {
  const outcome = { status: 'CRASHED', cause: 'TIME', output: said('{"text":"On') } as const;
  expect(toExtraction(outcome)).toEqual({ status: 'CRASHED', reason: 'Reading the file took too long.' });
});

test('a reason is the end of it, whatever was found', () => {
  const output = said('{"text":"One"}', '{"reason":"It is damaged."}', '');
  expect(toExtraction({ status: 'ANSWERED', output })).toEqual({
    status: 'FAILED',
    reason: 'It is damaged.',
  });
});

test.each([
  '',
  'nothing\n',
  'null\n',
  '{"text":1}\n',
  '{"width":-1}\n',
  '{"other":"things"}\n',
  '{"text":"One"}\nnothing\n',
  `{"thumbnail":"${Buffer.from('<svg/>').toString('base64')}"}\n`,
])('what is not as agreed is a crash: %j', (output) => {
  expect(toExtraction({ status: 'ANSWERED', output: Buffer.from(output) })).toEqual(crashed);
});
