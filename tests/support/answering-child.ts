import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createPortalClient } from '../../src/client/index.js';
import { fileFromPath } from '../../src/client/node.js';

/**
 * A person's program that answers one prompt with one file: `url promptId file note`, with the person's token as TOKEN.
 * It keeps the upload's id in `note`, and goes on with that upload when it is started again. Each line it prints is
 * what it has sent so far, `{ sentBytes }`, and the last one the asset, `{ assetId }`.
 */
const [url = '', promptId = '', path = '', note = ''] = process.argv.slice(2);

const say = (what: object) => process.stdout.write(`${JSON.stringify(what)}\n`);

function readNote(): string | undefined {
  try {
    return readFileSync(note, 'utf8');
  } catch {
    return undefined; // Nothing has been begun.
  }
}

/** Killed at whatever moment, the note is whole or not there. */
function writeNote(uploadId: string): void {
  writeFileSync(`${note}.new`, uploadId);
  renameSync(`${note}.new`, note);
}

const portal = createPortalClient({ url, token: process.env['TOKEN'] ?? '' });
say({ sentBytes: 0 });
const asset = await portal.answer(promptId, await fileFromPath(path), {
  resume: readNote(),
  onBegun: writeNote,
  onProgress: ({ sentBytes }) => say({ sentBytes }),
});
say({ assetId: asset.id });
