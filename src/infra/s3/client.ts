import { S3Client } from '@aws-sdk/client-s3';
import { silenceAwsSdk, type StorageConfig } from '../../config.js';

export interface S3Credential {
  readonly accessKeyId: string;
  readonly secretKey: string;
}

/**
 * A client of the configured endpoint that depends on nothing else of the machine: what the SDK would read from
 * AWS_* variables or ~/.aws is stated. The caller ends it with `destroy()`, which cuts the requests in flight.
 */
export function makeS3Client(
  config: StorageConfig,
  options: { credential?: S3Credential; connectTimeoutMs?: number; socketTimeoutMs?: number } = {},
): S3Client {
  silenceAwsSdk();
  const credential = options.credential ?? config;
  // Each stream that is being scanned or processed holds a socket; the SDK's 50 would let them starve HEADs.
  const agent = { keepAlive: true, maxSockets: 256 };
  return new S3Client({
    endpoint: config.endpoint,
    region: config.region,
    forcePathStyle: config.forcePathStyle,
    credentials: { accessKeyId: credential.accessKeyId, secretAccessKey: credential.secretKey },
    maxAttempts: 3,
    retryMode: 'standard',
    defaultsMode: 'standard',
    useDualstackEndpoint: false,
    useFipsEndpoint: false,
    useArnRegion: false,
    disableS3ExpressSessionAuth: true,
    userAgentAppId: 'askfile',
    // By default the SDK sends CRC32s that R2, Garage and others refuse.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: {
      connectionTimeout: options.connectTimeoutMs ?? 3_000,
      ...(options.socketTimeoutMs !== undefined && { socketTimeout: options.socketTimeoutMs }),
      httpAgent: agent,
      httpsAgent: agent,
    },
  });
}
