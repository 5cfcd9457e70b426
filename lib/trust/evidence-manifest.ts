import * as z from 'zod';
import { MEDIA_TYPES } from './evidence-file.ts';
import { isShowable, type PictureSize } from './picture.ts';

/** What stands in the evidence of a file: its own hash is of this text, and so of the file. */
const manifest = z.object({
  v: z.literal(1),
  mediaType: z.enum(MEDIA_TYPES),
  sizeBytes: z.int(),
  sha256: z.string(),
  /** Of a picture, as it says itself; not of those that were attached before it was noted. */
  picture: z.object({ widthPixels: z.int().positive(), heightPixels: z.int().positive() }).optional(),
});
export type FileManifest = z.output<typeof manifest>;

export function readManifest(payload: string): FileManifest {
  return manifest.parse(JSON.parse(payload));
}

export function manifestText(facts: Omit<FileManifest, 'v'>): string {
  return JSON.stringify({ v: 1, ...facts });
}

/** The picture that a page may show of an attached file; null for a file that is only saved, and for one that is no longer kept. */
export function showablePicture(payload: string, fileKept: boolean): PictureSize | null {
  const { picture } = readManifest(payload);
  return fileKept && picture !== undefined && isShowable(picture) ? picture : null;
}
