import type { Bytes } from './byte-source.js';

/** What the walk through an archive meets that ends it; the message is the verdict's reason. */
export class ArchiveRefusal extends Error {
  override readonly name = 'ArchiveRefusal';
}

/** What the readers of each format report to. */
export interface ArchiveWalk {
  /** Throws when there are too many, all depths counted. */
  countMembers(count: number): void;
  /** Throws when a member is declared larger than allowed; before anything of it is inflated. */
  assertSize(sizeBytes: number): void;
  /** Takes all bytes of a member, and looks into it when it is an archive too. */
  member(bytes: Bytes): Promise<void>;
}

/** Cut short, or its tables say one thing and its bytes another. */
export function refuseAsDamaged(): ArchiveRefusal {
  return new ArchiveRefusal('damaged or dishonest archive');
}
