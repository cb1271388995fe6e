import type { Db } from '../../core/db.js';
import { AppError, badInput, notFound } from '../../core/errors.js';
import { isId, newId } from '../../core/ids.js';
import type { Keyring } from '../../core/keyring.js';
import type { OrgRole, Viewer } from '../../core/viewer.js';
import type { ObjectStore } from '../storage/object-store.js';
import type { MemoryCiphers } from '../vault/memory-ciphers.js';
import type { Asset } from './asset.js';
import type { AssetAccess } from './asset-access.js';
import { makeAssetStore } from './asset.store.js';
import { toContentDisposition } from './filename.js';
import { openAsset } from './sealed-asset.js';

export const dispositions = ['ATTACHMENT', 'INLINE'] as const;
export type Disposition = (typeof dispositions)[number];

/** What is downloaded: the file itself, or a small picture of it. */
export const assetVariants = ['ORIGINAL', 'THUMBNAIL'] as const;
export type AssetVariant = (typeof assetVariants)[number];

export const maxTtlSeconds = 3600;
/** How long storage honours the address that a spent URL leads to. */
const redirectSeconds = 30;

export interface DownloadUrl {
  readonly url: string;
  readonly expiresAt: Date;
}

export interface DownloadsDeps {
  db: Db;
  objects: ObjectStore;
  keyring: Keyring;
  access: AssetAccess;
  ciphers: MemoryCiphers;
  /** Whether the credential that made the URL still holds. */
  isStillValid: (viewer: Viewer) => Promise<boolean>;
  /** Where the asset's thumbnail is stored; undefined when it has none. */
  findThumbnailKey: (assetId: string) => Promise<string | undefined>;
  /** How browsers reach the service. */
  publicUrl: () => string;
}

/** What travels sealed inside the URL. */
interface Ticket {
  id: string;
  assetId: string;
  disposition: Disposition;
  /** ORIGINAL when it is not there. */
  variant?: AssetVariant;
  /** How often the asset had been deleted when it was made. */
  deletions: number;
  /** Milliseconds since 1970. */
  expiresAt: number;
  viewer: Pick<Viewer, 'kind' | 'id' | 'orgId' | 'sessionId'> & {
    agentUrn?: string;
    appKeyId?: string;
    orgRole?: OrgRole | null;
  };
}

/** As much as storage is told of what it hands out. */
interface Stored {
  key: string;
  mimeType: string;
  filename: string;
}

/** Types that a browser shows without running anything of theirs. SVG, HTML and XML are not among them. */
const inlineTypes =
  /^(?:image\/(?:jpeg|png|gif|webp|avif|bmp)|audio\/.+|video\/.+|application\/pdf|text\/plain)$/;

export type Downloads = ReturnType<typeof makeDownloads>;

/**
 * Download URLs: sealed, not stored, good for one GET. What they may still do is decided when they are spent,
 * so deleting the asset, also where it is restored, or revoking the key kills them.
 */
export function makeDownloads(deps: DownloadsDeps) {
  const { db, objects, keyring, access, ciphers, isStillValid, findThumbnailKey, publicUrl } = deps;
  const store = makeAssetStore(db);

  async function findReadable(viewer: Viewer, assetId: string): Promise<Asset> {
    const asset = isId(assetId) ? await store.findById(assetId) : undefined;
    if (asset === undefined || asset.deletedAt !== null || !(await access.canRead(viewer, asset)))
      throw notFound('The asset');
    return asset;
  }

  /** What storage is asked for. undefined when there is no thumbnail. */
  async function findStored(asset: Asset, variant: AssetVariant): Promise<Stored | undefined> {
    const { storageKey, mimeType, filename } = asset;
    if (variant === 'ORIGINAL') return { key: storageKey, mimeType, filename };
    const key = await findThumbnailKey(asset.id);
    return key === undefined ? undefined : { key, mimeType: 'image/webp', filename: `${filename}.webp` };
  }

  async function presign({ key, mimeType, filename }: Stored, disposition: Disposition): Promise<string> {
    const type = disposition === 'INLINE' ? 'inline' : 'attachment';
    const { url } = await objects.presignGet({
      key,
      contentType: mimeType,
      contentDisposition: toContentDisposition(filename, type),
      expiresInSeconds: redirectSeconds,
    });
    return url;
  }

  /** With name and key in the clear, for as long as it takes to sign the address. Throws MEMORY_LOCKED. */
  function open(viewer: Viewer, asset: Asset): Promise<Asset> {
    return ciphers.withCipher(viewer, asset.memoryId, (cipher) => Promise.resolve(openAsset(cipher, asset)));
  }

  return {
    /**
     * `ttlSeconds` is 1 to 3600. Throws NOT_FOUND (also when it is deleted), SCAN_PENDING, SCAN_BLOCKED,
     * ASSET_BYTES_GONE, MEMORY_LOCKED, BAD_USER_INPUT (`ttlSeconds`, or `disposition` when INLINE is asked for a type
     * that a browser could run). NOT_FOUND too for the THUMBNAIL of what has none.
     */
    async createDownloadUrl(
      viewer: Viewer,
      {
        assetId,
        ttlSeconds,
        disposition,
        variant,
      }: { assetId: string; ttlSeconds: number; disposition: Disposition; variant: AssetVariant },
    ): Promise<DownloadUrl> {
      if (!Number.isInteger(ttlSeconds) || ttlSeconds < 1 || ttlSeconds > maxTtlSeconds) {
        throw badInput('ttlSeconds', `A download URL lives for 1 to ${maxTtlSeconds} seconds.`);
      }
      const asset = await findReadable(viewer, assetId);
      assertDownloadable(asset);
      // First, so that nothing is told of what is locked.
      await ciphers.assertUnlocked(viewer, asset.memoryId);
      const stored = await findStored(asset, variant);
      if (stored === undefined) throw notFound('The thumbnail');
      assertShowable(stored, disposition);
      const expiresAt = new Date(Date.now() + ttlSeconds * 1000);
      const token = keyring.seal('download', {
        id: newId(),
        assetId,
        disposition,
        variant,
        deletions: asset.deletions,
        expiresAt: expiresAt.getTime(),
        viewer: toTicketViewer(viewer),
      } satisfies Ticket);
      return { url: `${publicUrl()}/d/${token}`, expiresAt };
    },

    /**
     * Spends a URL's token: one atomic step, the first wins. Resolves with the address at storage, good for 30 s.
     * Throws NOT_FOUND for a token that is forged, ended, spent, or whose asset or access is gone, and MEMORY_LOCKED,
     * which spends nothing: unlocked again, it works within its time.
     */
    async redeem(token: string): Promise<string> {
      const ticket = keyring.open('download', token) as Ticket | undefined; // only createDownloadUrl seals these
      if (ticket === undefined || ticket.expiresAt <= Date.now()) throw linkEnded();
      const viewer = toViewer(ticket);
      if (!(await isStillValid(viewer))) throw linkEnded();
      const found = await store.findById(ticket.assetId);
      if (found === undefined || found.deletedAt !== null || !(await access.canRead(viewer, found)))
        throw linkEnded();
      // Restored since then: whoever deleted it took back what had been handed out.
      if (found.deletions !== ticket.deletions) throw linkEnded();
      assertDownloadable(found);
      const stored = await findStored(await open(viewer, found), ticket.variant ?? 'ORIGINAL');
      if (stored === undefined) throw linkEnded();
      if (!(await store.spendDownload(ticket.id, new Date(ticket.expiresAt)))) throw linkEnded();
      return presign(stored, ticket.disposition);
    },

    /**
     * The address of the bytes at storage, good for 30 s, for who has a credential at hand. Throws as
     * `createDownloadUrl`.
     */
    async locate(
      viewer: Viewer,
      { assetId, disposition }: { assetId: string; disposition: Disposition },
    ): Promise<string> {
      const asset = await findReadable(viewer, assetId);
      assertDownloadable(asset);
      assertShowable(asset, disposition);
      const opened = await open(viewer, asset);
      return presign({ key: opened.storageKey, ...opened }, disposition);
    },

    forgetEnded: () => store.forgetEndedDownloads(),
  };
}

function assertDownloadable(asset: Asset): void {
  if (asset.bytesGoneAt !== null) {
    throw new AppError('ASSET_BYTES_GONE', 'The file is gone: storage has lost its bytes.');
  }
  if (asset.scanStatus === 'PENDING') {
    throw new AppError('SCAN_PENDING', 'The file is still being scanned. Try again in a few seconds.');
  }
  if (asset.scanStatus === 'BLOCKED') {
    throw new AppError('SCAN_BLOCKED', 'The file failed virus scanning and cannot be downloaded.');
  }
}

function assertShowable({ mimeType }: Pick<Stored, 'mimeType'>, disposition: Disposition): void {
  if (disposition === 'INLINE' && !inlineTypes.test(mimeType)) {
    throw badInput('disposition', `Files of type ${mimeType} are downloaded, not shown.`);
  }
}

function linkEnded(): AppError {
  return new AppError('NOT_FOUND', 'This download link was used already or has ended. Ask for a new one.');
}

function toTicketViewer(viewer: Viewer): Ticket['viewer'] {
  const { kind, id, orgId, sessionId } = viewer;
  if (viewer.kind !== 'APP') return { kind, id, orgId, sessionId, orgRole: viewer.orgRole };
  return { kind, id, orgId, sessionId, agentUrn: viewer.agentUrn, appKeyId: viewer.appKeyId };
}

/** The viewer as far as a download asks: whose it is, whether the key still holds, what the session has unlocked. */
function toViewer({
  viewer: { kind, id, orgId, sessionId, agentUrn = '', appKeyId = '', orgRole = null },
}: Ticket): Viewer {
  const common = { id, orgId, name: null, sessionId, expiresAt: null };
  if (kind === 'APP') return { ...common, kind, agentUrn, appKeyId };
  if (kind === 'SERVICE_ACCOUNT') return { ...common, kind, orgRole };
  return { ...common, kind, orgRole: orgRole ?? 'GUEST' };
}
