import { toSize } from '../../words/size.js';
import { toCount } from '../words/amounts.js';
import type { ListAuditQuery } from '../generated/types.js';

export type AuditEntry = ListAuditQuery['auditLog']['nodes'][number];
type Details = AuditEntry['details'];

interface ActWords {
  /** In a list to choose from. */
  readonly name: string;
  /** What was done, after who did it. */
  readonly did: string | ((details: Details) => string);
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const size = (value: unknown): string => (typeof value === 'number' ? ` (${toSize(value)})` : '');
const count = (value: unknown, noun: string): string =>
  typeof value === 'number' ? toCount(value, noun) : noun;

const roleNames: Readonly<Record<string, string>> = { admin: 'Admin', member: 'Member', guest: 'Guest' };
const giveRole = ({ userId, roleId }: Details) => {
  const role = roleNames[text(roleId)];
  return role === undefined
    ? `gave ${text(userId)} a role in a space`
    : `made ${text(userId)} ${role} of a space`;
};

/** Every act that the service puts on record, by the name under which it does. */
const acts: Readonly<Record<string, ActWords>> = {
  setAgentAssetUploadEnabled: {
    name: 'Switched asking on or off',
    did: ({ enabled }) =>
      enabled === true ? 'let an agent ask for files' : 'stopped an agent from asking for files',
  },
  setAgentUploadPolicy: { name: 'Changed an upload policy', did: 'changed the upload policy of an agent' },
  registerAgent: { name: 'Registered an agent', did: 'registered an agent' },
  createAppKey: { name: 'Created an app key', did: 'created an app key' },
  revokeAppKey: { name: 'Revoked an app key', did: 'revoked an app key' },
  setStorageQuota: {
    name: 'Changed the quota',
    did: ({ quotaBytes }) =>
      typeof quotaBytes === 'number' ? `set the quota to ${toSize(quotaBytes)}` : 'lifted the quota',
  },
  createSpace: { name: 'Created a space', did: 'created a space' },
  createRole: { name: 'Created a role', did: 'created a role' },
  setSpaceMember: {
    name: 'Gave a role in a space',
    did: giveRole,
  },
  removeSpaceMember: {
    name: 'Took a role in a space away',
    did: (details) => `took the role of ${text(details['userId'])} in a space away`,
  },
  requestUpload: { name: 'Asked for a file', did: ({ userId }) => `asked ${text(userId)} for a file` },
  cancelUploadRequest: { name: 'Took a request back', did: 'took a request back' },
  timeOutUploadRequest: { name: 'Ended a request for its time', did: 'ended a request whose time was over' },
  declineUpload: { name: 'Declined a request', did: 'declined a request' },
  markUploadPromptSeen: { name: 'Saw a request', did: 'saw a request' },
  answerWithAssets: {
    name: 'Answered with files from before',
    did: 'answered a request with files from before',
  },
  submitPromptUploads: { name: 'Answered with several files', did: 'answered a request with several files' },
  beginPromptUpload: {
    name: 'Began to send a file to an agent',
    did: ({ sizeBytes }) => `began to send a file to an agent${size(sizeBytes)}`,
  },
  beginUpload: {
    name: 'Began an upload',
    did: ({ sizeBytes }) => `began to upload a file${size(sizeBytes)}`,
  },
  completeUpload: {
    name: 'Completed an upload',
    did: ({ refusal, sizeBytes }) =>
      refusal === undefined ? `uploaded a file${size(sizeBytes)}` : 'sent a file that was refused',
  },
  expireUpload: { name: 'Ended an upload for its time', did: 'ended an upload that did not come in time' },
  abortUpload: { name: 'Stopped an upload', did: 'stopped an upload' },
  renameAsset: { name: 'Renamed a file', did: 'renamed a file' },
  describeAsset: { name: 'Described a file', did: 'changed the description of a file' },
  moveAsset: { name: 'Moved a file', did: 'moved a file' },
  deleteAssets: {
    name: 'Deleted a file',
    did: ({ sizeBytes }) => `put a file into the trash${size(sizeBytes)}`,
  },
  restoreAsset: {
    name: 'Restored a file',
    did: ({ sizeBytes }) => `restored a file from the trash${size(sizeBytes)}`,
  },
  purgeAsset: {
    name: 'Deleted a file for good',
    did: ({ sizeBytes }) => `deleted a file for good${size(sizeBytes)}`,
  },
  createFolder: { name: 'Created a folder', did: 'created a folder' },
  renameFolder: { name: 'Renamed a folder', did: 'renamed a folder' },
  moveFolder: { name: 'Moved a folder', did: 'moved a folder' },
  deleteFolder: {
    name: 'Deleted a folder',
    did: ({ folders, files }) => `deleted ${count(folders, 'folder')} with ${count(files, 'file')}`,
  },
  eraseUser: { name: 'Erased a person', did: 'had a person erased' },
  eraseAgent: { name: 'Erased an agent', did: 'had an agent erased' },
  eraseMemory: { name: 'Erased a memory', did: 'had a memory erased' },
  eraseExecution: { name: 'Erased an execution', did: 'had the files of an execution erased' },
  completeErasure: { name: 'Finished erasing', did: 'finished erasing' },
  repairUsage: { name: 'Put storage counters right', did: 'put the storage counters right' },
  encryptMemory: { name: 'Encrypted a memory', did: 'encrypted a memory' },
  unlockMemory: { name: 'Unlocked a memory', did: 'unlocked a memory' },
  lockMemory: { name: 'Locked a memory', did: 'locked a memory' },
  changeMemoryPassword: { name: 'Changed the password of a memory', did: 'changed the password of a memory' },
};

/** Who did it: a name where there is one. */
export function toActorName({ actor: { kind, id, name } }: Pick<AuditEntry, 'actor'>): string {
  if (kind === 'SERVICE_ACCOUNT' && id === 'askfile') return 'Askfile itself';
  return name ?? id;
}

/** What was done; of an act that this page does not know yet, its name in words. */
export function toDeed({ action, details }: Pick<AuditEntry, 'action' | 'details'>): string {
  const did = acts[action]?.did;
  if (did === undefined) return `did “${toPlainWords(action)}”`;
  return typeof did === 'string' ? did : did(details);
}

/** `moveThing` is "move thing". */
function toPlainWords(action: string): string {
  return action.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

export interface ActionOption {
  readonly value: string;
  readonly name: string;
}

/** The acts to choose from, by name; with one that this page does not know, such as of a link that was passed on. */
export function toActionOptions(chosen: string): ActionOption[] {
  const known = Object.entries(acts)
    .map(([value, { name }]) => ({ value, name }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const isKnown = chosen === '' || chosen in acts;
  return isKnown ? known : [{ value: chosen, name: toPlainWords(chosen) }, ...known];
}

export interface DetailWords {
  readonly name: string;
  readonly value: string;
}

/** What is on record besides, line by line. */
export function toDetails(details: Details): DetailWords[] {
  return Object.entries(details).map(([key, value]) => ({
    name: toDetailName(key),
    value: toValue(key, value),
  }));
}

function toDetailName(key: string): string {
  const name = toPlainWords(key)
    .replace(/ bytes$/, '')
    .replace(/\b(id|urn)(s?)\b/g, (_, word: string, plural: string) => word.toUpperCase() + plural);
  return name.charAt(0).toUpperCase() + name.slice(1);
}

function toValue(key: string, value: unknown): string {
  if (value === null) return 'none';
  if (typeof value === 'number' && key.endsWith('Bytes'))
    return `${toSize(value)} (${value.toLocaleString('en')} bytes)`;
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (Array.isArray(value) && value.every((one) => typeof one === 'string')) return value.join(', ');
  return JSON.stringify(value);
}
