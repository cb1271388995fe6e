import { makeAccountErasure, type AccountErasureDeps } from '../accounts/account-erasure.js';
import { makeAssetErasure, type AssetErasureDeps } from '../assets/asset-erasure.js';
import { makePromptErasure, type PromptErasureDeps } from '../prompts/prompt-erasure.js';
import { makeSpaceErasure } from '../spaces/space-erasure.js';
import { makeUploadErasure, type UploadErasureDeps } from '../uploads/upload-erasure.js';
import { makeVaultErasure } from '../vault/vault-erasure.js';
import { makeErasures, type ErasuresDeps } from './erasure.service.js';
import { makeRunErasure, type RunErasureDeps } from './run-erasure.js';

type Made =
  'accountErasure' | 'assetErasure' | 'promptErasure' | 'spaceErasure' | 'uploadErasure' | 'vaultErasure';

export type ErasingDeps = Omit<
  ErasuresDeps &
    RunErasureDeps &
    AccountErasureDeps &
    AssetErasureDeps &
    PromptErasureDeps &
    UploadErasureDeps,
  Made
>;

/** Whoever begins to erase and whoever goes through with it, with what each domain does for them. */
export function makeErasing(deps: ErasingDeps) {
  const uploadErasure = makeUploadErasure(deps);
  const erasing = {
    ...deps,
    accountErasure: makeAccountErasure(deps),
    assetErasure: makeAssetErasure(deps),
    promptErasure: makePromptErasure({ ...deps, uploadErasure }),
    spaceErasure: makeSpaceErasure(),
    uploadErasure,
    vaultErasure: makeVaultErasure(),
  };
  return { erasures: makeErasures(erasing), runErasure: makeRunErasure(erasing) };
}
