import { readSync } from 'node:fs';
import { fromFdPromise, type Entry, type ZipFile } from 'yauzl';
import { fileFd } from '../file.js';
import { Unreadable } from '../unreadable.js';
import { readXml, type XmlHandlers } from './xml.js';

const maxMembers = 10_000;

/** How a container of the old kind begins; Office puts documents with a password into one. */
const container = Buffer.from('d0cf11e0a1b11ae1', 'hex');

export type OfficePackage = Awaited<ReturnType<typeof openPackage>>;

/** The ZIP that an Office document is. Its parts are read one by one, as streams. */
export async function openPackage() {
  const zip = await open();
  const entries = new Map<string, Entry>();
  for await (const entry of zip.eachEntry()) {
    if (entries.size >= maxMembers) throw new Unreadable('The document has too many parts.');
    entries.set(entry.fileName, entry);
  }

  /** Of what is there in several versions, one is read. Nothing happens where there is no such part. Throws `Unreadable` when it is damaged or too large. */
  async function read(name: string, handlers: XmlHandlers): Promise<void> {
    const entry = entries.get(name);
    if (entry === undefined) return;
    const bytes = await zip.openReadStreamPromise(entry);
    try {
      await readXml(bytes, withFirstVersion(handlers));
    } finally {
      bytes.destroy();
    }
  }

  return {
    has: (name: string) => entries.has(name),
    names: () => [...entries.keys()],
    read,

    /** What the part refers to: the target's name in the package, by the reference's id. */
    async readRelations(name: string): Promise<Map<string, string>> {
      const folder = name.slice(0, name.lastIndexOf('/') + 1);
      const targets = new Map<string, string>();
      await read(`${folder}_rels/${name.slice(folder.length)}.rels`, {
        onOpen(tag, attributes) {
          const { Id: id, Target: target, TargetMode: mode } = attributes;
          if (tag !== 'Relationship' || id === undefined || target === undefined || mode === 'External')
            return;
          targets.set(id, target.startsWith('/') ? target.slice(1) : `${folder}${target}`);
        },
      });
      return targets;
    },
  };
}

/**
 * What a program may not know, such as a text box, is written down more than once (`AlternateContent`): each `Choice` is
 * for those who know what it takes, `Fallback` for the others. They all say the same; only the first is handed on.
 */
function withFirstVersion({ onOpen, onText, onClose, ...others }: XmlHandlers): XmlHandlers {
  /** Of each that is open: whether a version of it was handed on. */
  const alternatives: boolean[] = [];
  let skippedDepth = 0;
  return {
    ...others,
    onOpen(tag, attributes) {
      const isRepeated = alternatives.at(-1) === true && (tag === 'Choice' || tag === 'Fallback');
      if (skippedDepth > 0 || isRepeated) {
        skippedDepth += 1;
        return;
      }
      if (tag === 'AlternateContent') alternatives.push(false);
      else if (tag === 'Choice' || tag === 'Fallback') alternatives.splice(-1, 1, true);
      onOpen?.(tag, attributes);
    },
    onText(text) {
      if (skippedDepth === 0) onText?.(text);
    },
    onClose(tag) {
      if (skippedDepth > 0) {
        skippedDepth -= 1;
        return;
      }
      if (tag === 'AlternateContent') alternatives.pop();
      onClose?.(tag);
    },
  };
}

async function open(): Promise<ZipFile> {
  try {
    return await fromFdPromise(fileFd, { autoClose: false });
  } catch {
    const head = Buffer.alloc(container.length);
    readSync(fileFd, head, 0, head.length, 0);
    throw new Unreadable(
      head.equals(container)
        ? 'The document is protected by a password.'
        : 'The document is damaged and could not be opened.',
    );
  }
}
