import { Download, FileCheck2, FileX2, LoaderCircle, ShieldAlert, ShieldCheck } from 'lucide-react';
import { useState } from 'react';
import type { Asset } from '../../client/index.js';
import { Button } from '../ui/button.js';
import { RefusalBanner } from '../prompts/refusal-banner.js';
import { toSize } from '../words/size.js';
import type { Ask, DemoAgent } from './demo-agent.js';

/** One request and how far it has come, for the agent. */
export function AskedRequest({ ask, agent }: { ask: Ask; agent: DemoAgent }) {
  const { text, prompt, result, scanned, error } = ask;
  return (
    <li className="ask">
      <p className="ask-text">“{text}”</p>
      {error === undefined && <p className="ask-status">{toStatus(ask)}</p>}
      <RefusalBanner error={error} />
      {result?.outcome === 'DECLINED' && result.note !== null && <p className="ask-note">“{result.note}”</p>}
      {result?.outcome === 'UPLOADED' && (
        <ul className="ask-files" aria-label="Files that Buno got">
          {result.assets.map((asset) => (
            <GotFile key={asset.id} asset={scanned.get(asset.id) ?? asset} agent={agent} />
          ))}
        </ul>
      )}
      {prompt !== undefined && result === undefined && (
        <Button look="quiet" onPress={() => void agent.cancel(prompt.id).catch(() => undefined)}>
          Take it back
        </Button>
      )}
    </li>
  );
}

function toStatus({ prompt, result }: Ask) {
  if (result !== undefined) {
    const { outcome } = result;
    const Icon = outcome === 'UPLOADED' ? FileCheck2 : FileX2;
    return (
      <>
        <Icon aria-hidden size={18} className={outcome === 'UPLOADED' ? 'good' : 'bad'} />
        <code>{outcome}</code>
        <span>
          {outcome === 'TIMEOUT'
            ? 'nobody answered in time'
            : toReason(result.outcome === 'DECLINED' ? result.reason : null)}
        </span>
      </>
    );
  }
  return (
    <>
      <LoaderCircle aria-hidden size={18} className="spin" />
      <code>{prompt?.status ?? 'ASKING'}</code>
      <span>
        {prompt?.status === 'PENDING' ? (prompt.seenAt === null ? 'waiting' : 'seen, waiting') : ''}
      </span>
    </>
  );
}

function toReason(reason: string | null): string {
  if (reason === 'AGENT_CANCELLED') return 'taken back';
  return reason === 'REVOKED' ? 'an admin has switched asking off' : '';
}

function GotFile({ asset, agent }: { asset: Asset; agent: DemoAgent }) {
  const [error, setError] = useState<unknown>();
  const { id, filename, sizeBytes, sha256, scanStatus } = asset;
  const download = async () => {
    setError(undefined);
    // An attachment: the page stays.
    await agent.getDownloadUrl(id).then((url) => location.assign(url), setError);
  };
  return (
    <li className="got">
      <p className="file-name">{filename}</p>
      <p className="got-facts">
        {toSize(sizeBytes)}
        {scanStatus === 'PENDING' && <span>being scanned…</span>}
        {scanStatus === 'CLEAN' && (
          <span className="good">
            <ShieldCheck aria-hidden size={15} /> scanned, clean
          </span>
        )}
        {scanStatus === 'BLOCKED' && (
          <span className="bad">
            <ShieldAlert aria-hidden size={15} /> blocked by the scan
          </span>
        )}
      </p>
      {sha256 !== null && <p className="got-hash">SHA-256 {sha256}</p>}
      {scanStatus === 'CLEAN' && (
        <Button look="quiet" icon={Download} onPress={() => void download()}>
          Download as the agent
        </Button>
      )}
      <RefusalBanner error={error} />
    </li>
  );
}
