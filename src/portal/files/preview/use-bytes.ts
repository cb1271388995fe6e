import { useEffect, useState } from 'react';
import { usePortal } from '../../shell/portal-context.js';
import type { StoredFile } from '../entry.js';
import { readBytes } from './read-bytes.js';

export type Bytes =
  | { readonly phase: 'reading'; readonly receivedBytes: number }
  | { readonly phase: 'there'; readonly blob: Blob }
  | { readonly phase: 'failed'; readonly error: unknown };

const start: Bytes = { phase: 'reading', receivedBytes: 0 };

/** The bytes of one file, for as long as it is looked at: give what uses this the file's id for a key. */
export function useBytes({ id, mimeType }: Pick<StoredFile, 'id' | 'mimeType'>) {
  const { client } = usePortal();
  const [bytes, setBytes] = useState<Bytes>(start);
  const [tries, setTries] = useState(0);

  useEffect(() => {
    const stop = new AbortController();
    const { signal } = stop;
    const onProgress = (receivedBytes: number) => setBytes({ phase: 'reading', receivedBytes });
    readBytes(client, { fileId: id, mimeType, signal, onProgress }).then(
      (blob) => !signal.aborted && setBytes({ phase: 'there', blob }),
      (error: unknown) => !signal.aborted && setBytes({ phase: 'failed', error }),
    );
    return () => stop.abort();
  }, [client, id, mimeType, tries]);

  const again = () => {
    setBytes(start);
    setTries(tries + 1);
  };
  return { bytes, again };
}
