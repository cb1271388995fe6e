import { registerEnumType } from 'type-graphql';
import { actorKinds, orgRoles } from '../core/viewer.js';
import { assetOrders } from '../domains/assets/asset-filter.js';
import { assetEventKinds, assetTypes, scanStatuses } from '../domains/assets/asset.js';
import { assetVariants, dispositions } from '../domains/assets/download.service.js';
import { processingStatuses } from '../domains/processing/processing.js';
import { promptEventKinds } from '../domains/prompts/prompt-feeds.js';
import { promptReasons, promptStatuses, uploadOutcomes } from '../domains/prompts/prompt.js';
import { permissions } from '../domains/spaces/role.js';
import { uploadStatuses } from '../domains/uploads/upload.js';

/** The GraphQL enum of a closed set of the domain. The value is handed to `@Field(() => …)`. */
function makeEnum<Value extends string>(
  name: string,
  values: readonly Value[],
  description?: string,
): Readonly<Record<Value, Value>> {
  // `fromEntries` forgets which keys it was given.
  const members = Object.fromEntries(values.map((value) => [value, value])) as Record<Value, Value>;
  registerEnumType(members, description === undefined ? { name } : { name, description });
  return members;
}

export const ActorKindEnum = makeEnum('ActorKind', actorKinds);
export const OrgRoleEnum = makeEnum('OrgRole', orgRoles);
export const PermissionEnum = makeEnum('Permission', permissions);
export const UploadPromptStatusEnum = makeEnum('UploadPromptStatus', promptStatuses);
export const UploadPromptReasonEnum = makeEnum(
  'UploadPromptReason',
  promptReasons,
  'Why a prompt ended as it did.',
);
export const UploadOutcomeEnum = makeEnum('UploadOutcome', uploadOutcomes);
export const UploadPromptEventKindEnum = makeEnum('UploadPromptEventKind', promptEventKinds);
export const UploadStatusEnum = makeEnum('UploadStatus', uploadStatuses);
export const AssetTypeEnum = makeEnum('AssetType', assetTypes);
export const ScanStatusEnum = makeEnum('ScanStatus', scanStatuses);
export const ContentDispositionEnum = makeEnum('ContentDisposition', dispositions);
export const AssetOrderEnum = makeEnum('AssetOrder', assetOrders);
export const AssetVariantEnum = makeEnum('AssetVariant', assetVariants);
export const ProcessingStatusEnum = makeEnum('ProcessingStatus', processingStatuses);
export const AssetEventKindEnum = makeEnum('AssetEventKind', assetEventKinds);
