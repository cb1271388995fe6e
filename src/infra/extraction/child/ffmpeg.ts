import sharp from 'sharp';
import { z } from 'zod';
import type { ExtractionRequest } from '../protocol.js';
import { filePath } from './file.js';
import type { Found } from './found.js';
import { maxPixels } from './limits.js';
import { runTool } from './run-tool.js';
import { toThumbnail } from './thumbnail.js';

/**
 * The readers that the verified type says, and no other: left to guess, ffmpeg takes a text for a playlist, and opens
 * what that names.
 */
const demuxers: Readonly<Record<string, readonly string[]>> = {
  'image/avif': ['mov'],
  'image/heic': ['mov'],
  'image/heif': ['mov'],
  'audio/aac': ['aac'],
  'audio/aiff': ['aiff'],
  'audio/amr': ['amr'],
  'audio/flac': ['flac'],
  'audio/mp4': ['mov'],
  'audio/mpeg': ['mp3'],
  'audio/ogg': ['ogg'],
  'audio/wav': ['wav'],
  'audio/webm': ['matroska'],
  'audio/x-ms-wma': ['asf'],
  'audio/matroska': ['matroska'],
  'video/mp4': ['mov'],
  'video/quicktime': ['mov'],
  'video/3gpp': ['mov'],
  'video/3gpp2': ['mov'],
  'video/webm': ['matroska'],
  'video/matroska': ['matroska'],
  'video/ogg': ['ogg'],
  'video/vnd.avi': ['avi'],
  'video/x-ms-wmv': ['asf'],
  // With sound beside it, or bare.
  'video/mpeg': ['mpeg', 'mpegvideo'],
  'video/mp2t': ['mpegts'],
  'video/x-flv': ['flv'],
};

/** From its beginning: where there is more, the first picture is often black. */
const pictureAtSeconds = 1;

const probe = z.object({
  streams: z.array(
    z.object({
      width: z.number().int().positive().optional(),
      height: z.number().int().positive().optional(),
      side_data_list: z.array(z.object({ rotation: z.number().optional() })).optional(),
    }),
  ),
  format: z.object({ duration: z.coerce.number().nonnegative().optional() }),
});

interface Probed extends z.infer<typeof probe> {
  /** What ffmpeg is told of the file. */
  readonly input: readonly string[];
}

/** undefined where there is no ffmpeg, or where it can make nothing of the file. */
export async function probeVideo(request: ExtractionRequest): Promise<Found | undefined> {
  const probed = await runProbe(request, 'v:0');
  if (probed === undefined) return undefined;
  const [stream] = probed.streams;
  const length = toLength(probed);
  const { width, height } = stream ?? {};
  if (width === undefined || height === undefined || width * height > maxPixels) return length;
  const rotation = stream?.side_data_list?.find((data) => data.rotation !== undefined)?.rotation ?? 0;
  const thumbnail = await draw(request, probed);
  return { ...length, ...turn({ width, height }, rotation), ...(thumbnail && { thumbnail }) };
}

/** The same of sound. */
export async function probeLength(request: ExtractionRequest): Promise<Found | undefined> {
  const probed = await runProbe(request, 'a:0');
  return probed && toLength(probed);
}

async function runProbe(
  { tools, mimeType }: ExtractionRequest,
  streams: 'v:0' | 'a:0',
): Promise<Probed | undefined> {
  if (tools.ffprobe === undefined) return undefined;
  for (const demuxer of demuxers[mimeType] ?? []) {
    const input = ['-protocol_whitelist', 'file', '-f', demuxer];
    const output = await runTool(
      tools.ffprobe,
      [
        ...['-v', 'quiet', '-of', 'json', '-select_streams', streams],
        ...['-show_entries', 'stream=width,height:stream_side_data=rotation:format=duration'],
        ...[...input, filePath],
      ],
      { maxOutputBytes: 64 * 1024 },
    );
    const probed = output && probe.safeParse(JSON.parse(output.toString('utf8')));
    if (probed?.success === true && probed.data.streams.length > 0) return { ...probed.data, input };
  }
  return undefined;
}

function toLength({ format: { duration } }: Probed): Found {
  return duration === undefined ? {} : { durationSeconds: duration };
}

/** As it is shown: a telephone that was held upright notes a turn. */
function turn({ width, height }: { width: number; height: number }, rotation: number) {
  return Math.abs(rotation) % 180 === 90 ? { width: height, height: width } : { width, height };
}

async function draw({ tools }: ExtractionRequest, { input, format }: Probed): Promise<Buffer | undefined> {
  if (tools.ffmpeg === undefined) return undefined;
  const at = (format.duration ?? 0) > 2 * pictureAtSeconds ? pictureAtSeconds : 0;
  const picture = await runTool(
    tools.ffmpeg,
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
