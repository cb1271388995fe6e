import { onAborted, toError } from './abort.js';
import { isSetByPlatform } from './send-fetch.js';
import type { PresignedRequest } from './types.js';
import type { SendOptions } from './upload-source.js';

/** For browsers: only XMLHttpRequest tells how much of a body has left. */
export function sendBlobByXhr(
  blob: Blob,
  request: PresignedRequest,
  { onSent, signal }: SendOptions,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const xhr = new XMLHttpRequest();
    xhr.open(request.method, request.url);
    for (const { name, value } of request.headers) {
      if (!isSetByPlatform(name)) xhr.setRequestHeader(name, value);
    }
    xhr.upload.onprogress = ({ loaded }) => onSent(loaded);
    xhr.onload = () => resolve(xhr.status);
    // The browser doesn't tell a broken connection from a bucket that allows no other origins (CORS).
    xhr.onerror = () =>
      reject(new Error('No answer, or the bucket does not allow uploads from this origin (CORS).'));
    xhr.onabort = () => reject(toError(signal.reason));
    xhr.onloadend = onAborted(signal, () => xhr.abort());
    onSent(0);
    xhr.send(blob);
  });
}
