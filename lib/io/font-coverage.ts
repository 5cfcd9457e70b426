/** Which characters a TrueType font has shapes for, from its table `cmap` (OpenType 1.9, formats 4 and 12): a name is never printed as boxes. */
export function coverageOf(font: Buffer): (codePoint: number) => boolean {
  const ranges = subtables(font).flatMap((at) => {
    const format = font.readUInt16BE(at);
    return format === 12 ? groupsOf(font, at) : format === 4 ? segmentsOf(font, at) : [];
  });
  const covered = new Set<number>();
  for (const [from, to] of ranges) for (let code = from; code <= to; code += 1) covered.add(code);
  return (codePoint) => covered.has(codePoint);
}

type Range = readonly [from: number, to: number];

function subtables(font: Buffer): number[] {
  const tables = font.readUInt16BE(4);
  for (let index = 0; index < tables; index += 1) {
    const record = 12 + 16 * index;
    if (font.toString('latin1', record, record + 4) !== 'cmap') continue;
    const cmap = font.readUInt32BE(record + 8);
    return Array.from({ length: font.readUInt16BE(cmap + 2) }, (_, at) => cmap + font.readUInt32BE(cmap + 8 + 8 * at));
  }
  return [];
}

function groupsOf(font: Buffer, at: number): Range[] {
  return Array.from({ length: font.readUInt32BE(at + 12) }, (_, index): Range => {
    const group = at + 16 + 12 * index;
    return [font.readUInt32BE(group), font.readUInt32BE(group + 4)];
  });
}

/** Segments that lead to no shape (glyph 0) are left out, letter by letter. */
function segmentsOf(font: Buffer, at: number): Range[] {
  const count = font.readUInt16BE(at + 6) / 2;
  const [ends, starts, deltas, offsets] = [14, 16 + 2 * count, 16 + 4 * count, 16 + 6 * count].map(
    (field) => at + field,
  );
  if (ends === undefined || starts === undefined || deltas === undefined || offsets === undefined) return [];
  return Array.from({ length: count }, (_, index) => index).flatMap((index) => {
    const [from, to] = [font.readUInt16BE(starts + 2 * index), font.readUInt16BE(ends + 2 * index)];
    const offset = font.readUInt16BE(offsets + 2 * index);
    const delta = font.readUInt16BE(deltas + 2 * index);
    const glyph = (code: number) => {
      if (offset === 0) return (code + delta) & 0xffff;
      const place = offsets + 2 * index + offset + 2 * (code - from);
      return place + 2 > font.length ? 0 : font.readUInt16BE(place);
    };
    return Array.from({ length: to - from + 1 }, (_, step) => from + step)
      .filter((code) => code !== 0xffff && glyph(code) !== 0)
      .map((code): Range => [code, code]);
  });
}
