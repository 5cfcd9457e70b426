const BLOCK = 512;

/** What Docker's archive calls wrap a file in (POSIX ustar). */
export type TarEntry = { kind: 'file'; content: string } | { kind: 'link'; target: string };

function octal(header: Buffer, from: number, to: number): number {
  return Number.parseInt(header.toString('latin1', from, to).replace(/\0.*$/s, '').trim() || '0', 8);
}

/** The first file or symbolic link of a tar (POSIX ustar); extension headers before it are passed over. */
export function firstTarEntry(tar: Buffer): TarEntry | null {
  for (let at = 0; at + BLOCK <= tar.length; ) {
    const header = tar.subarray(at, at + BLOCK);
    const size = octal(header, 124, 136);
    const type = String.fromCharCode(header[156] ?? 0);
    if (!Number.isSafeInteger(size) || size < 0) return null;
    const body = tar.subarray(at + BLOCK, at + BLOCK + size);
    if (type === '0' || type === '\0') return { kind: 'file', content: body.toString('utf8') };
    if (type === '2') return { kind: 'link', target: header.toString('utf8', 157, 257).replace(/\0.*$/s, '') };
    if (!'xgLK'.includes(type)) return null;
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
  }
  return null;
}

/** A tar of one readable file. */
export function tarOf(name: string, content: Buffer): Buffer {
  const header = Buffer.alloc(BLOCK);
  header.write(name, 0);
  header.write('0000644\0', 100);
  header.write('0000000\0', 108);
  header.write('0000000\0', 116);
  header.write(`${content.length.toString(8).padStart(11, '0')}\0`, 124);
  header.write('00000000000\0', 136);
  header.write('        ', 148);
  header.write('0', 156);
  header.write('ustar\u000000', 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  const padding = Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK);
  return Buffer.concat([header, content, padding, Buffer.alloc(2 * BLOCK)]);
}
