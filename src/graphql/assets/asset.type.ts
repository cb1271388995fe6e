import { Field, ID, ObjectType } from 'type-graphql';
import type { Asset, AssetEvent, AssetEventKind, AssetType, ScanStatus } from '../../domains/assets/asset.js';
import type { DownloadUrl } from '../../domains/assets/download.service.js';
import { makeConnectionType } from '../connection.type.js';
import { AssetEventKindEnum, AssetTypeEnum, ScanStatusEnum } from '../enums.js';
import { Node } from '../node.type.js';
import { DateTimeISO, JSONObject, SafeInt } from '../scalars.js';

@ObjectType('Asset', {
  implements: Node,
  description: 'A stored file. Its id is a KSUID: sortable by time of creation.',
})
export class AssetObjectType
  extends Node
  implements
    Omit<
      Asset,
      | 'orgId'
      | 'memoryId'
      | 'userId'
      | 'spaceId'
      | 'folderId'
      | 'storageKey'
      | 'sealed'
      | 'etag'
      | 'uploadedBy'
      | 'replacedAt'
      | 'deletions'
      | 'purgingAt'
      | 'bytesGoneAt'
    >
{
  @Field(() => String)
  filename!: string;

  @Field(() => String)
  mimeType!: string;

  @Field(() => SafeInt)
  sizeBytes!: number;

  @Field(() => String, {
    nullable: true,
    description: 'Hex, of the stored bytes; null until the scan has read them.',
  })
  sha256!: string | null;

  @Field(() => AssetTypeEnum)
  type!: AssetType;

  @Field(() => ScanStatusEnum)
  scanStatus!: ScanStatus;

  @Field(() => String, { nullable: true, description: 'Why it is BLOCKED, in plain words.' })
  scanReason!: string | null;

  @Field(() => String, { nullable: true })
  description!: string | null;

  @Field(() => DateTimeISO)
  createdAt!: Date;

  @Field(() => DateTimeISO)
  updatedAt!: Date;

  @Field(() => DateTimeISO, { nullable: true })
  deletedAt!: Date | null;

  @Field(() => DateTimeISO, {
    nullable: true,
    description: 'Until when restoreAsset works; null when not deleted.',
  })
  restorableUntil!: Date | null;

  @Field(() => ID, { nullable: true })
  agentUrn!: string | null;

  @Field(() => ID, { nullable: true, description: "The agent's execution that generated it." })
  executionId!: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Who made it for the agent, such as elevenlabs or fal.',
  })
  provider!: string | null;

  @Field(() => JSONObject, { description: 'Of the execution: model, prompt, cost and the like.' })
  metadata!: Readonly<Record<string, unknown>>;
}

export const AssetConnection = makeConnectionType('Asset', () => AssetObjectType);

@ObjectType('DownloadUrl', { description: 'Works once, within its lifetime; never stored.' })
export class DownloadUrlType implements DownloadUrl {
  @Field(() => String)
  url!: string;

  @Field(() => DateTimeISO)
  expiresAt!: Date;
}

/** `asset` is loaded when it is asked for: null once it is purged. */
@ObjectType('AssetEvent')
export class AssetEventType implements AssetEvent {
  @Field(() => AssetEventKindEnum)
  kind!: AssetEventKind;

  @Field(() => ID)
  assetId!: string;
}
