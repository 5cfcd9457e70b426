import { gzipSync } from 'node:zlib';

export type Size = { readonly htmlBytes: number; readonly htmlGzipBytes: number; readonly elements: number };

/** What a document weighs as a guest gets it: as it is, compressed, and in elements. */
export async function sizeOf(url: string): Promise<Size> {
  const html = Buffer.from(await (await fetch(url)).arrayBuffer());
  return {
    htmlBytes: html.length,
    htmlGzipBytes: gzipSync(html, { level: 9 }).length,
    elements: html.toString().match(/<[a-z]/g)?.length ?? 0,
  };
}
