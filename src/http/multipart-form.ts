import busboy from 'busboy';
import type { IncomingMessage } from 'node:http';
import { PassThrough, type Readable } from 'node:stream';
import { AppError, badInput } from '../core/errors.js';
import { sliceForm } from './form-slices.js';
import { HttpRefusal } from './respond.js';

/** Its fields, and the file whose bytes are coming. */
export interface FileForm {
  readonly fields: ReadonlyMap<string, string>;
  readonly filename: string | undefined;
  /** As the part says, `application/octet-stream` where it does not. */
  readonly mimeType: string;
  /**
   * How many bytes the file has, if the form ends as most do: with a line break behind its last boundary. Two more
   * where it has none.
   */
  readonly sizeBytes: number;
  /**
   * To be read to its end, or destroyed. Fails with BAD_USER_INPUT when something stands behind the file that does not
   * belong there, or when the form is cut short, so that whoever got all bytes got a whole form.
   */
  readonly bytes: Readable;
}

const maxFieldBytes = 64 * 1024;

/**
 * Reads a `multipart/form-data` request of so many bytes as far as its one file, `file`. Throws `HttpRefusal` (415 for what is none),
 * and BAD_USER_INPUT that names a field which is unknown, too long or given twice, or `file` when there is none.
 */
export function readFileForm(
  request: IncomingMessage,
  contentLength: number,
  knownFields: readonly string[],
): Promise<FileForm> {
  return new Promise((resolve, reject) => {
    const parser = makeParser(request);
    const fields = new Map<string, string>();
    let file: Readable | undefined;
    const { slices, headEnd } = sliceForm(request, () => file === undefined);

    /** Before the file it is the form that is refused, after it began the bytes fail. */
    const fail = (error: Error) => {
      request.unpipe(slices);
      reject(error);
      file?.destroy(error);
    };

    parser.on('field', (name, value, { valueTruncated }) => {
      if (file !== undefined) fail(badInput(name, 'Fields come before the file.'));
      else if (!knownFields.includes(name)) fail(badInput(name, 'There is no such field.'));
      else if (fields.has(name)) fail(badInput(name, 'Give the field once.'));
      else if (valueTruncated) fail(badInput(name, `A field has ${maxFieldBytes} bytes at most.`));
      else fields.set(name, value);
    });
    parser.on('file', (name, part, { filename, mimeType }) => {
      // What is left of it when the parser is given up.
      part.on('error', () => undefined);
      if (name !== 'file' || file !== undefined) {
        part.resume();
        fail(badInput(name, 'There is one file, in the part named file.'));
        return;
      }
      file = toWhole(part);
      const sizeBytes = contentLength - headEnd() - toEndBytes(request);
      resolve({ fields, filename, mimeType, sizeBytes, bytes: file });
    });
    parser.on('filesLimit', () => fail(badInput('file', 'Send one file at a time.')));
    parser.on('fieldsLimit', () => fail(badInput('file', 'There are too many fields.')));
    parser.on('partsLimit', () => fail(badInput('file', 'There are too many parts.')));
    parser.on('error', (error) => fail(malformed(error)));
    parser.on('close', () => reject(badInput('file', 'Send the file, in the part named file.')));
    request.once('close', () => {
      if (!request.complete) fail(badInput('file', 'The connection was closed before the whole file came.'));
    });
    slices.pipe(parser);

    /** The part's bytes, and their end only when the form has ended too. */
    function toWhole(part: Readable): PassThrough {
      const whole = new PassThrough();
      // Whoever reads finds out by `errored`: it may fail before anybody does.
      whole.on('error', () => undefined);
      parser.once('close', () => whole.end());
      return part.pipe(whole, { end: false });
    }
  });
}

function makeParser({ headers }: IncomingMessage): busboy.Busboy {
  if (!/^multipart\/form-data\b/i.test(headers['content-type'] ?? '')) {
    throw new HttpRefusal(415, 'The content type must be multipart/form-data.', {
      accept: 'multipart/form-data',
    });
  }
  const limits = {
    fields: 20,
    files: 1,
    parts: 22,
    fieldSize: maxFieldBytes,
    fieldNameSize: 100,
    headerPairs: 20,
  };
  try {
    return busboy({ headers, limits, defParamCharset: 'utf8' });
  } catch (error) {
    throw malformed(error);
  }
}

/** What stands behind the file: a line break, the boundary between two dashes each, a line break. */
function toEndBytes({ headers }: IncomingMessage): number {
  const [, quoted, bare = ''] =
    /;\s*boundary=(?:"((?:[^"\\]|\\.)*)"|([^\s;]+))/i.exec(headers['content-type'] ?? '') ?? [];
  const boundary = quoted?.replace(/\\(.)/g, '$1') ?? bare;
  return `\r\n--${boundary}--\r\n`.length;
}

function malformed(cause: unknown): AppError {
  return new AppError('BAD_USER_INPUT', 'The form is not well-formed multipart/form-data.', {
    cause,
    extensions: { field: 'file' },
  });
}
