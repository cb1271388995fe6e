import { Readable } from 'node:stream';
import type { Asset } from '../../../src/domains/assets/asset.js';
import { makeTranscribe } from '../../../src/domains/processing/transcribe.js';
import {
  TranscriberUnavailableError,
  type Transcriber,
} from '../../../src/domains/processing/transcriber.js';
import type { ObjectStore } from '../../../src/domains/storage/object-store.js';
import { makeRecordingLog } from '../../support/recording-log.js';

// As much of each as is looked at.
const asset = {
  id: 'a',
  mimeType: 'audio/wav',
  sizeBytes: 5,
  storageKey: 'org/memory/a.wav',
  etag: '"e"',
  filename: 'secret name.wav',
} as Asset;
const objects = {
  read: () => Promise.resolve(Readable.from([Buffer.from('sound')])),
} as unknown as ObjectStore;

function transcribe(say: Transcriber['transcribe'] | null, maxSizeBytes = 100) {
  const transcriber = say && { maxSizeBytes, transcribe: say };
  const run = makeTranscribe({ objects, transcriber, log: makeRecordingLog() });
  return run(asset, 'AUDIO', 'Title: Dictation', new AbortController().signal);
}

test('what is said follows what was known, and the recording’s own name is told to nobody', async () => {
  const told: unknown[] = [];
  const said = await transcribe((_, recording) => {
    told.push(recording);
    return Promise.resolve('Hello');
  });
  expect(said).toEqual({ text: 'Title: Dictation\n\nHello', error: null });
  expect(told).toEqual([{ filename: 'a.wav', mimeType: 'audio/wav', sizeBytes: 5 }]);
});

test('without a transcriber nothing is said to be missing', async () => {
  expect(await transcribe(null)).toEqual({ text: 'Title: Dictation', error: null });
});

test.each<[string, Transcriber['transcribe'], number, string]>([
  ['too large', () => Promise.resolve('never'), 4, 'The recording is too large to be transcribed.'],
  ['refused', () => Promise.resolve(undefined), 100, 'The recording could not be transcribed.'],
  [
    'not answered',
    () => Promise.reject(new TranscriberUnavailableError('away')),
    100,
    'The recording could not be transcribed: the transcriber did not answer.',
  ],
])('a recording that is %s keeps what was known', async (_, say, maxSizeBytes, error) => {
  expect(await transcribe(say, maxSizeBytes)).toEqual({ text: 'Title: Dictation', error });
});

test('a fault of storage is no fault of the transcriber', async () => {
  await expect(transcribe(() => Promise.reject(new Error('storage is away')))).rejects.toThrow(
    'storage is away',
  );
});
