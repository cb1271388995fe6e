/** `askfile/client`: both sides of a prompt, for browsers and Node. Files of Node: `askfile/client/node`. */
export { createAgentClient } from './agent.js';
export type { AgentClient, AgentClientOptions, UploadRequest, WaitOptions } from './agent.js';
export { createPortalClient } from './portal.js';
export type {
  AnswerOptions,
  PortalClient,
  PortalClientOptions,
  PromptListeners,
  WatchListeners,
} from './portal.js';
export type { Operation } from './operation.js';
export { AskfileError, errorCodes } from './errors.js';
export type { AskfileErrorCode } from './errors.js';
export type { DownloadUrlOptions } from './assets.js';
export type { ListAssetsOptions, ListMemoryAssetsOptions, ListSpaceAssetsOptions } from './list-assets.js';
export type { Token } from './endpoint.js';
export { createPauseSwitch } from './pause.js';
export type { PauseSwitch } from './pause.js';
export type { StoreOptions, UploadFileOptions } from './upload-file.js';
export type { UploadProgress } from './put.js';
export type { RetryOptions } from './retry.js';
export type { SendOptions, UploadSource } from './upload-source.js';
export type { ConnectionState } from './watch-prompts.js';
export type { LockedMemory, OnLocked } from './when-locked.js';
export type { WebSocketConstructor } from './websocket.js';
export type * from './types.js';
