/** What is browsed: a folder of a space, its root (without `folderId`), or an agent's memory of the person. */
export type Place =
  | { readonly kind: 'space'; readonly spaceId: string; readonly folderId: string | undefined }
  | {
      readonly kind: 'memory';
      readonly memoryUrn: string;
      readonly agentUrn: string;
      /** Its files are neither found by words nor put in the order of their names. */
      readonly isEncrypted: boolean;
    };

/** What one subscription tells about. */
export type Owner = { readonly spaceId: string } | { readonly memoryUrn: string };

export const overviewPath = '/files';
export const trashPath = '/files/trash';

export function toSpacePath(spaceId: string, folderId?: string): string {
  const path = `${overviewPath}/spaces/${encodeURIComponent(spaceId)}`;
  return folderId === undefined ? path : `${path}?folder=${encodeURIComponent(folderId)}`;
}

export function toMemoryPath(memoryUrn: string): string {
  return `${overviewPath}/memories/${encodeURIComponent(memoryUrn)}`;
}

/** The same for every place of one space or memory. */
export function toOwner(place: Place): Owner {
  return place.kind === 'space' ? { spaceId: place.spaceId } : { memoryUrn: place.memoryUrn };
}

/** What stands in an address, whether it was encoded once or not at all. */
export function fromAddress(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
