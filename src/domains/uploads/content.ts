import { AppError } from '../../core/errors.js';
import type { AssetType } from '../assets/asset.js';
import { toExtension } from '../assets/filename.js';
import { detectMimeType } from './detect-content.js';
import { agrees, canonicalExtension, findKind, findKindsOfExtension, toAssetType } from './file-kinds.js';
import type { FileKind } from './file-kinds.js';
import { protectedOffice } from './protected-office.js';
import * as text from './text-content.js';

/** How much of a file's beginning `verifyContent` wants; it never needs more. */
export const contentHeadBytes = 64 * 1024;

export interface DeclaredContent {
  /** The first `contentHeadBytes`, or all where there are fewer. */
  readonly head: Uint8Array;
  readonly sizeBytes: number;
  /** Normalised. */
  readonly declaredMimeType: string;
  readonly filename: string;
}

export interface VerifiedContent {
  /** Canonical. */
  readonly mimeType: string;
  readonly type: AssetType;
  /** The filename's own where it goes with the type, else the type's; without dot. */
  readonly extension: string;
}

interface Head {
  readonly bytes: Uint8Array;
  /** Whether it is the whole file. */
  readonly complete: boolean;
  readonly detected: string | undefined;
}

/**
 * Whether the declared type, the filename's extension and the content agree; throws UPLOAD_MISMATCH where not.
 *
 * Kin passes for kin: a docx may show only as ZIP in its first bytes, and the scan looks inside later. A missing
 * or unknown extension says nothing, but content that is not recognised as the declared type is refused.
 * `application/octet-stream` claims nothing, so there only a known extension must agree with the content.
 */
export async function verifyContent(file: DeclaredContent): Promise<VerifiedContent> {
  const { declaredMimeType, filename } = file;
  const extension = toExtension(filename);
  const kindsOfExtension = findKindsOfExtension(extension);
  const head: Head = {
    bytes: file.head,
    complete: file.head.length >= file.sizeBytes,
    detected: await detectMimeType(file.head),
  };

  if (declaredMimeType === 'application/octet-stream') {
    if (kindsOfExtension.length > 0 && !kindsOfExtension.some((kind) => holds(kind, head))) {
      throw mismatch(`The name ends in .${extension}, but ${describe(head)}.`);
    }
    return {
      mimeType: declaredMimeType,
      type: 'OTHER',
      extension: kindsOfExtension.length > 0 ? extension : 'bin',
    };
  }

  const declared = findKind(declaredMimeType);
  if (declared !== undefined && disagree(kindsOfExtension, declared)) {
    throw mismatch(`The file was declared as ${declaredMimeType}, but its name ends in .${extension}.`);
  }
  if (!(declared === undefined ? mayBe(declaredMimeType, kindsOfExtension, head) : holds(declared, head))) {
    throw mismatch(`The file was declared as ${declaredMimeType}, but ${describe(head)}.`);
  }
  const mimeType = declared?.mimeType ?? declaredMimeType;
  return {
    mimeType,
    type: toAssetType(mimeType),
    extension: kindsOfExtension.length > 0 ? extension : canonicalExtension(mimeType),
  };
}

/**
 * Whether a verified file may be called so, by the same rule without another look at its content: a missing or unknown
 * extension says nothing, a known one must agree with the verified type. Where that is a type that we do not know, only
 * the extension that it was verified with.
 */
export function mayBeCalled(
  filename: string,
  verified: { readonly filename: string; readonly mimeType: string },
): boolean {
  const extension = toExtension(filename);
  const kinds = findKindsOfExtension(extension);
  if (kinds.length === 0 || extension === toExtension(verified.filename)) return true;
  const kind = findKind(verified.mimeType);
  return kind !== undefined && !disagree(kinds, kind);
}

function disagree(kindsOfExtension: readonly FileKind[], declared: FileKind): boolean {
  return kindsOfExtension.length > 0 && !kindsOfExtension.some((kind) => agrees(kind, declared));
}

/** Whether the content is of this kind, as far as the head can tell. */
function holds(kind: FileKind, head: Head): boolean {
  const isTextual = textRules[kind.kin];
  if (isTextual !== undefined) return isTextual(head, kind);
  if (head.detected === protectedOffice) return mayBeProtected(kind);
  const detected = head.detected === undefined ? undefined : findKind(head.detected);
  return detected !== undefined && agrees(kind, detected);
}

/** A document with a password shows no more than that an Office made it. */
function mayBeProtected({ kin, group = '' }: FileKind): boolean {
  return kin === 'cfb' || (kin === 'zip' && /^(?:word|excel|powerpoint)/.test(group));
}

const textRules: Readonly<Record<string, (head: Head, kind: FileKind) => boolean>> = {
  text: (head, kind) => (kind.group === 'json' ? isJson(head) : toText(head, true) !== undefined),
  script: (head) => toText(head, true) !== undefined,
  html: (head) => satisfies(toText(head, true), text.isHtml),
  xml: (head) => satisfies(toText(head), text.isXml),
  svg: (head) => satisfies(toText(head), text.isSvg),
};

function toText(head: Head, legacy = false): string | undefined {
  const decoded = text.decodeText(head.bytes, head.complete, legacy);
  return decoded === undefined || text.isDisguisedDocument(decoded) ? undefined : decoded;
}

function isJson(head: Head): boolean {
  return satisfies(toText(head), (decoded) => text.isJson(decoded, head.complete));
}

function satisfies(decoded: string | undefined, rule: (decoded: string) => boolean): boolean {
  return decoded !== undefined && rule(decoded);
}

/** Formats of their own make are often one of these inside. */
const genericContainers = new Set([
  'application/zip',
  'application/x-cfb',
  protectedOffice,
  'application/gzip',
  'application/xml',
]);

/**
 * For a declared type that we do not know. Pictures, sound and film may be shown by a browser: those must be
 * recognised. Anything else is only ever downloaded: a known extension must go with the content, and without one the
 * content must not be recognised as something else.
 */
function mayBe(declaredMimeType: string, kindsOfExtension: readonly FileKind[], head: Head): boolean {
  if (/^(?:image|audio|video)\//.test(declaredMimeType)) return head.detected === declaredMimeType;
  if (kindsOfExtension.length > 0) return kindsOfExtension.some((kind) => holds(kind, head));
  if (declaredMimeType.startsWith('text/')) return toText(head, true) !== undefined;
  return (
    head.detected === undefined || head.detected === declaredMimeType || genericContainers.has(head.detected)
  );
}

function describe(head: Head): string {
  if (head.detected !== undefined) return `it looks like ${head.detected}`;
  const decoded = toText(head, true);
  if (decoded === undefined) return 'its content is not of that type';
  if (text.isSvg(decoded)) return 'it looks like image/svg+xml';
  return text.isHtml(decoded) ? 'it looks like text/html' : 'it looks like text';
}

function mismatch(message: string): AppError {
  return new AppError('UPLOAD_MISMATCH', message);
}
