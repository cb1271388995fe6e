import { parseFile, type IAudioMetadata } from 'music-metadata';
import type { ExtractionRequest } from '../protocol.js';
import { probeLength, probeVideo } from './ffmpeg.js';
import { filePath } from './file.js';
import type { Found } from './found.js';
import { readMp4 } from './mp4.js';
import { Unreadable } from './unreadable.js';

/** Its length, and what its tags say; with ffmpeg on this machine, the length of more kinds. */
export async function readAudio(request: ExtractionRequest): Promise<Found> {
  const metadata = await parse();
  if (metadata !== undefined) return { ...toDuration(metadata), text: describeTags(metadata) };
  const probed = await probeLength(request);
  if (probed === undefined) throw new Unreadable('The recording is damaged and could not be read.');
  return probed;
}

/** Its length and size; with ffmpeg on this machine, of more kinds, and a picture of it too. */
export async function readVideo(request: ExtractionRequest): Promise<Found> {
  const metadata = await parse();
  const boxes = readMp4(request.sizeBytes);
  // A film's container may hold sound alone.
  const probed = (await probeVideo(request)) ?? (await probeLength(request));
  if (metadata === undefined && probed === undefined && boxes.durationSeconds === undefined) {
    throw new Unreadable('The film is damaged and could not be read.');
  }
  return { ...(metadata && { ...toDuration(metadata), ...toSize(metadata) }), ...boxes, ...probed };
}

async function parse(): Promise<IAudioMetadata | undefined> {
  try {
    const metadata = await parseFile(filePath, { duration: true, skipCovers: true });
    const { container, tagTypes = [] } = metadata.format;
    // It reads what looks like nothing, too.
    return container === undefined && tagTypes.length === 0 ? undefined : metadata;
  } catch {
    return undefined;
  }
}

function toDuration({ format: { duration } }: IAudioMetadata): { durationSeconds?: number } {
  const isKnown = duration !== undefined && Number.isFinite(duration) && duration >= 0;
  return isKnown ? { durationSeconds: duration } : {};
}

function toSize({ format: { trackInfo } }: IAudioMetadata): { width?: number; height?: number } {
  const video = trackInfo.find((track) => track.video !== undefined)?.video;
  const { pixelWidth: width, pixelHeight: height } = video ?? {};
  return width !== undefined && height !== undefined && width > 0 && height > 0 ? { width, height } : {};
}

function describeTags({ common }: IAudioMetadata): string {
  const lines: [name: string, value: string | undefined][] = [
    ['Title', common.title],
    ['Artist', common.artist],
    ['Album', common.album],
    ['Year', common.year === undefined ? undefined : String(common.year)],
    ['Genre', common.genre?.join(', ')],
    ['Comment', common.comment?.map(({ text }) => text ?? '').join(' ')],
  ];
  return lines.flatMap(([name, value]) => (value ? [`${name}: ${value}`] : [])).join('\n');
}
