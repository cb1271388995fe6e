import type { UploadRequest } from '../../client/index.js';

export interface Preset {
  readonly id: string;
  readonly label: string;
  readonly request: Omit<UploadRequest, 'userId'>;
}

/** Things that agents ask for. */
export const presets: readonly [Preset, ...Preset[]] = [
  { id: 'plan', label: 'A document', request: { prompt: 'a copy of your business plan' } },
  {
    id: 'receipts',
    label: 'Pictures',
    request: {
      prompt: 'photos of the receipts of your trip',
      allowedMimeTypes: ['image/*'],
      minFiles: 1,
      maxFiles: 3,
    },
  },
  {
    id: 'hurry',
    label: 'In a hurry',
    request: {
      prompt: 'the signed contract as a PDF, within a minute',
      allowedMimeTypes: ['application/pdf'],
      timeoutSeconds: 60,
    },
  },
];
