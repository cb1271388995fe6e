import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { AgentClient, Asset, UploadPrompt, UploadResult } from '../../client/index.js';
import { toSize, toTime, type Screen } from './screen.js';

const SCAN_WITHIN_MS = 120_000;
const LINK_SECONDS = 300;

/** Tells each state that a prompt comes by. */
export function makeProgressLine(screen: Screen): (prompt: UploadPrompt) => void {
  let status: UploadPrompt['status'] | undefined;
  let isSeen = false;
  return (prompt) => {
    if (prompt.seenAt !== null && !isSeen) screen.say('the person has seen it');
    isSeen = prompt.seenAt !== null;
    if (prompt.status !== status) screen.say(toSentence(prompt));
    status = prompt.status;
  };
}

function toSentence({ id, status, userId, expiresAt, hardExpiresAt }: UploadPrompt): string {
  switch (status) {
    case 'PENDING':
      return `PENDING: ${userId} has until ${toTime(expiresAt)} (prompt ${id})`;
    case 'UPLOADING':
      return `UPLOADING: may finish until ${toTime(hardExpiresAt)}`;
    default:
      return status;
  }
}

/**
 * Shows what the agent got. With a file: waits for its scan, downloads and verifies it, and, where the service
 * stays to answer it, gives a link.
 */
export async function showResult(
  agent: AgentClient,
  result: UploadResult,
  screen: Screen,
  { withLink }: { withLink: boolean },
): Promise<void> {
  // `asset` is the first of `assets`, and would only be read twice.
  screen.say(`the answer:\n${JSON.stringify({ ...result, asset: undefined }, null, 2)}`);
  if (result.outcome !== 'UPLOADED') return;
  const asset = await awaitScan(agent, result.asset, screen);
  if (asset.scanStatus !== 'CLEAN') {
    screen.say('the scanner has blocked it, so nobody can download it');
    return;
  }
  await verifyDownload(agent, asset, screen);
  if (!withLink) return;
  const { url, expiresAt } = await agent.assets.getDownloadUrl(asset.id, { ttlSeconds: LINK_SECONDS });
  screen.say(`a link for you, good for one download until ${toTime(expiresAt)}:\n${url}`);
}

async function awaitScan(agent: AgentClient, uploaded: Asset, screen: Screen): Promise<Asset> {
  const giveUpAt = performance.now() + SCAN_WITHIN_MS;
  screen.say(`scan: ${uploaded.scanStatus}`);
  for (let asset: Asset | undefined = uploaded; ; asset = await agent.assets.get(uploaded.id)) {
    if (asset === undefined) throw new Error('The asset is gone.');
    if (asset.scanStatus !== 'PENDING') {
      if (asset.scanStatus !== uploaded.scanStatus) screen.say(`scan: ${asset.scanStatus}`);
      return asset;
    }
    if (performance.now() > giveUpAt) throw new Error('The scan takes too long. Does the scanner run?');
    await delay(250);
  }
}

async function verifyDownload(agent: AgentClient, asset: Asset, screen: Screen): Promise<void> {
  const { url } = await agent.assets.getDownloadUrl(asset.id, { ttlSeconds: 60 });
  const response = await fetch(url);
  if (!response.ok || response.body === null)
    throw new Error(`The download was answered with ${response.status}.`);
  const hash = createHash('sha256');
  let sizeBytes = 0;
  // The DOM's types don't know yet that a stream can be iterated; Node's is.
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    hash.update(chunk);
    sizeBytes += chunk.length;
  }
  const sha256 = hash.digest('hex');
  if (sha256 !== asset.sha256 || sizeBytes !== asset.sizeBytes) {
    throw new Error(`What was downloaded is not what was scanned: ${sha256}, not ${asset.sha256}.`);
  }
  screen.say(`downloaded and verified: ${toSize(sizeBytes)}, SHA-256 ${sha256}`);
}
