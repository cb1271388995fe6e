export interface StorageConfig {
  readonly endpoint: string;
  readonly region: string;
  readonly bucket: string;
  readonly accessKeyId: string;
  readonly secretKey: string;
  /** The endpoint that browsers see; URLs are signed for it. */
  readonly publicUrl: string;
  readonly forcePathStyle: boolean;
  /** A write-only credential that signs upload URLs, where there is one. */
  readonly upload: { readonly accessKeyId: string; readonly secretKey: string } | null;
}

export interface ServerKey {
  readonly id: string;
  readonly key: Buffer;
}

export type ScannerConfig =
  | { readonly kind: 'builtin' }
  | { readonly kind: 'clamd'; readonly host: string; readonly port: number; readonly socket: string | null };

export interface ProcessingConfig {
  /** Whether files are looked into at all. */
  readonly isOn: boolean;
  /** How many files each worker looks into at once, each in a child process. */
  readonly concurrency: number;
  /** What each child may take, and for how long. */
  readonly memoryMegabytes: number;
  readonly timeoutSeconds: number;
  /** Larger files are not looked into. As much may lie on the disk for each child. */
  readonly maxSizeBytes: number;
  /** In which pictures and scanned pages are read, where tesseract is there; null: they are not. */
  readonly ocrLanguages: string | null;
}

export interface TranscriberConfig {
  /** Of an API like OpenAI's, up to its version: `https://api.openai.com/v1`. */
  readonly url: string;
  readonly apiKey: string | null;
  readonly model: string;
}

/** What was set. A part that is null is run by `embedded/`, which completes this to an `AppConfig`. */
export interface Config {
  readonly production: boolean;
  readonly host: string;
  readonly port: number;
  /** Where a worker, which serves nobody, says how it is. */
  readonly workerPort: number;
  /** How browsers reach the service; null: `http://localhost:<port>`, known once listening. */
  readonly publicUrl: string | null;
  /** Origins besides our own that may use the API from a browser. */
  readonly allowedOrigins: readonly string[];
  /** Absolute. */
  readonly dataDir: string;
  /** Whether an API process takes background work too; a worker always does. */
  readonly runJobs: boolean;
  /** How many proxies in front of the service add to `X-Forwarded-For`; 0: whoever connects is the caller. */
  readonly trustedProxies: number;
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error' | 'silent';
  readonly database: { readonly url: string | null; readonly poolSize: number };
  readonly redis: { readonly url: string | null };
  readonly storage: StorageConfig | null;
  readonly auth: {
    readonly jwtSecret: string | null;
    readonly jwksUrl: string | null;
    readonly issuer: string | null;
    readonly audience: string | null;
  };
  readonly serverKeys: readonly ServerKey[] | null;
  readonly scanner: ScannerConfig & { readonly concurrency: number };
  readonly processing: ProcessingConfig;
  /** null: nobody writes down what is said in recordings. */
  readonly transcriber: TranscriberConfig | null;
  readonly uploads: {
    /** Files of this size or more are put in parts; storage takes 5 MiB to 5 GiB as one. */
    readonly multipartFromBytes: number;
    /** Of a file that goes into a space. */
    readonly maxSizeBytes: number;
  };
  readonly assets: {
    /** How long what was deleted can be restored. */
    readonly trashHours: number;
  };
  readonly memories: {
    /** How long an encrypted memory stays unlocked without being used. */
    readonly unlockMinutes: number;
  };
  readonly prompts: {
    readonly limitPerUser: number;
    readonly uploadGraceSeconds: number;
    /** A begun upload may take this long at least, and longer the larger its file. */
    readonly minUploadLeaseSeconds: number;
    /** How often each process looks whether its subscribers have missed something. */
    readonly deliveryCheckSeconds: number;
    /** The service's own limits, above every agent's policy. */
    readonly limits: { readonly maxSizeBytes: number; readonly promptTimeoutSeconds: number };
  };
}

/** Everything the application needs: the same whether a part is embedded or a server of its own. */
export interface AppConfig extends Config {
  readonly database: { readonly url: string; readonly poolSize: number };
  readonly redis: { readonly url: string };
  readonly storage: StorageConfig;
  readonly serverKeys: readonly ServerKey[];
}
