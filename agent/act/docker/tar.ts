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

/** A file or (without content) a folder to be put into a container, owned by its root. */
export type TarItem = { name: string; mode: number; content?: Buffer };

function header({ name, mode, content }: TarItem): Buffer {
  const block = Buffer.alloc(BLOCK);
  const octal = (value: number, at: number, digits: number) => block.write(value.toString(8).padStart(digits, '0'), at);
  block.write(name, 0, 100);
  octal(mode, 100, 7);
  octal(0, 108, 7);
  octal(0, 116, 7);
  octal(content?.length ?? 0, 124, 11);
  octal(0, 136, 11);
  block.write('        ', 148);
  block.write(content === undefined ? '5' : '0', 156);
  block.write('ustar\u000000', 257);
  octal(
    block.reduce((sum, byte) => sum + byte, 0),
    148,
    6,
  );
  block.writeUInt8(0, 154);
  return block;
}

/** A tar of these items, in this order. */
export function tarOf(items: TarItem[]): Buffer {
  const parts = items.flatMap((item) => {
    const content = item.content ?? Buffer.alloc(0);
    return [header(item), content, Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK)];
  });
  return Buffer.concat([...parts, Buffer.alloc(2 * BLOCK)]);
}
