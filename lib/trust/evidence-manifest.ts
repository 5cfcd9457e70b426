import * as z from 'zod';
import { MEDIA_TYPES } from './evidence-file.ts';

/** What stands in the evidence of a file: its own hash is of this text, and so of the file. */
const manifest = z.object({
  v: z.literal(1),
  mediaType: z.enum(MEDIA_TYPES),
  sizeBytes: z.int(),
  sha256: z.string(),
});
export type FileManifest = z.output<typeof manifest>;

export function readManifest(payload: string): FileManifest {
  return manifest.parse(JSON.parse(payload));
}

export function manifestText(facts: Omit<FileManifest, 'v'>): string {
  return JSON.stringify({ v: 1, ...facts });
}
