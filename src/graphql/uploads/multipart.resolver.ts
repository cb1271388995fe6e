import { Ctx, FieldResolver, Int, Resolver, Root } from 'type-graphql';
import { countParts, type PartedUpload } from '../../domains/uploads/part-plan.js';
import type { GraphqlContext } from '../context.js';
import { MultipartPlanType } from './upload.type.js';

/** How an upload is cut, and where to find out what has arrived of it. */
export class MultipartPlan implements MultipartPlanType {
  readonly partSizeBytes: number;
  readonly partCount: number;

  constructor(readonly upload: PartedUpload) {
    this.partSizeBytes = upload.partSizeBytes;
    this.partCount = countParts(upload);
  }
}

@Resolver(() => MultipartPlanType)
export class MultipartResolver {
  @FieldResolver(() => [Int], { description: 'The parts that have arrived, as storage says.' })
  uploadedParts(@Ctx() { services }: GraphqlContext, @Root() { upload }: MultipartPlan): Promise<number[]> {
    return services.uploads.multipart.listUploadedParts(upload);
  }
}
