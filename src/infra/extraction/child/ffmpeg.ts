import sharp from 'sharp';
import { z } from 'zod';
import type { ExtractionRequest } from '../protocol.js';
import { filePath } from './file.js';
import { maxPixels } from './image.js';
import type { Found } from './found.js';
import { runTool } from './run-tool.js';
import { toThumbnail } from './thumbnail.js';

/**
 * The reader that the verified type says, and no other: left to guess, ffmpeg takes a text for a playlist, and opens
 * what that names.
 */
const demuxers: Readonly<Record<string, string>> = {
  'video/mp4': 'mov',
  'video/quicktime': 'mov',
  'video/3gpp': 'mov',
  'video/3gpp2': 'mov',
  'video/webm': 'matroska',
  'video/matroska': 'matroska',
  'video/ogg': 'ogg',
  'video/vnd.avi': 'avi',
  'video/x-ms-wmv': 'asf',
  'video/mpeg': 'mpeg',
  'video/mp2t': 'mpegts',
  'video/x-flv': 'flv',
};

/** From its beginning: where there is more, the first picture is often black. */
const pictureAtSeconds = 1;

const probe = z.object({
  streams: z.array(
    z.object({
      width: z.number().int().positive(),
      height: z.number().int().positive(),
      side_data_list: z.array(z.object({ rotation: z.number().optional() })).optional(),
    }),
  ),
  format: z.object({ duration: z.coerce.number().nonnegative().optional() }),
});

/** undefined where there is no ffmpeg, or where it can make nothing of the file. */
export async function probeVideo({ tools, mimeType }: ExtractionRequest): Promise<Found | undefined> {
  const { ffprobe, ffmpeg } = tools;
  const demuxer = demuxers[mimeType];
  if (ffprobe === undefined || ffmpeg === undefined || demuxer === undefined) return undefined;
  const input = ['-protocol_whitelist', 'file', '-f', demuxer];
  const output = await runTool(
    ffprobe,
    [
      ...['-v', 'quiet', '-of', 'json', '-select_streams', 'v:0'],
      ...['-show_entries', 'stream=width,height:stream_side_data=rotation:format=duration'],
      ...[...input, filePath],
    ],
    { maxOutputBytes: 64 * 1024 },
  );
  const probed = output && probe.safeParse(JSON.parse(output.toString('utf8')));
  if (!probed?.success) return undefined;
  const [stream] = probed.data.streams;
  const { duration } = probed.data.format;
  const length = duration === undefined ? {} : { durationSeconds: duration };
  if (stream === undefined || stream.width * stream.height > maxPixels) return length;
  const thumbnail = await draw(ffmpeg, input, duration ?? 0);
  return { ...length, ...toSize(stream), ...(thumbnail === undefined ? {} : { thumbnail }) };
}

/** As it is shown: a telephone that was held upright notes a turn. */
function toSize(stream: {
  width: number;
  height: number;
  side_data_list?: { rotation?: number | undefined }[] | undefined;
}) {
  const { width, height } = stream;
  const rotation = stream.side_data_list?.find((data) => data.rotation !== undefined)?.rotation ?? 0;
  return Math.abs(rotation) % 180 === 90 ? { width: height, height: width } : { width, height };
}

async function draw(ffmpeg: string, input: readonly string[], duration: number): Promise<Buffer | undefined> {
  const at = duration > 2 * pictureAtSeconds ? pictureAtSeconds : 0;
  const picture = await runTool(
    ffmpeg,
    [
      ...['-v', 'quiet', '-nostdin', '-threads', '1', '-ss', String(at)],
      ...[...input, '-i', filePath],
      ...[
        '-map',
        '0:v:0',
        '-frames:v',
        '1',
        '-vf',
        "scale='min(1024,iw)':-2",
        '-c:v',
        'png',
        '-f',
        'image2pipe',
        '-',
      ],
    ],
    { maxOutputBytes: 32 * 2 ** 20 },
  );
  if (picture === undefined || picture.length === 0) return undefined;
  return toThumbnail(sharp(picture, { limitInputPixels: maxPixels })).catch(() => undefined);
}
