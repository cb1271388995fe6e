const mebibyte = 1024 * 1024;

/**
 * How far into an archive the scan looks. What goes beyond is BLOCKED, so none may be wider than the scanner's own:
 * clamd 1.4 says OK for a deflated member above its `MaxFileSize`, without having looked at all of it.
 */
export interface ArchiveLimits {
  /** An archive within an archive has depth 2. Below clamd's `MaxRecursion`. */
  readonly maxDepth: number;
  /** In all depths together. Below clamd's `MaxFiles`, which counts what it unpacks from members too. */
  readonly maxMembers: number;
  /** Of one member, inflated, and of the archive itself. At most clamd's `MaxFileSize` and `StreamMaxLength`. */
  readonly maxMemberBytes: number;
  /** Of all members in all depths, inflated. At most clamd's `MaxScanSize`. */
  readonly maxTotalBytes: number;
}

/** Within clamd 1.4's built-in limits (17; 10,000; 100 MiB; 400 MiB). Distributions may set narrower ones. */
export const defaultArchiveLimits: ArchiveLimits = {
  maxDepth: 8,
  maxMembers: 5_000,
  maxMemberBytes: 100 * mebibyte,
  maxTotalBytes: 300 * mebibyte,
};
