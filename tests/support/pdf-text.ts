import { inflateSync } from 'node:zlib';

/** What somebody reads in a PDF as pdfkit writes it with fonts of its own: a line of text for each time that it set one down, and where links lead. */
export function readPdf(file: Uint8Array): { pages: number; lines: string[]; links: string[] } {
  const whole = Buffer.from(file).toString('latin1');
  const objects = new Map<string, { head: string; data: string }>();
  for (const [, id = '', body = ''] of whole.matchAll(/(?:^|\n)(\d+) 0 obj\n([\s\S]*?)\nendobj/g)) {
    const [head = '', stream] = body.split(/\nstream\n/);
    const packed = stream === undefined ? null : Buffer.from(stream.replace(/\nendstream$/, ''), 'latin1');
    const data = packed === null ? '' : head.includes('FlateDecode') ? inflateSync(packed).toString('latin1') : '';
    objects.set(id, { head, data });
  }
  const fonts = new Map<string, readonly string[]>();
  for (const { head } of objects.values())
    for (const [, name = '', id = ''] of head.matchAll(/\/(F\d+) (\d+) 0 R/g)) {
      const map = /\/ToUnicode (\d+) 0 R/.exec(objects.get(id)?.head ?? '')?.[1] ?? '';
      fonts.set(name, charactersOf(objects.get(map)?.data ?? ''));
    }
  const lines: string[] = [];
  for (const { data } of objects.values()) {
    let font: readonly string[] = [];
    for (const [, name, shown] of data.matchAll(/\/(F\d+) [\d.]+ Tf|\[([^\]]*)\] TJ/g)) {
      if (name !== undefined) font = fonts.get(name) ?? [];
      else {
        const codes = [...(shown ?? '').matchAll(/<([0-9a-f]+)>/g)].flatMap(([, hex = '']) => hex.match(/.{4}/g) ?? []);
        lines.push(codes.map((code) => font[Number.parseInt(code, 16)] ?? '?').join(''));
      }
    }
  }
  const links = [...whole.matchAll(/\/URI \(([^)]*)\)/g)].map(([, link = '']) => link);
  return { pages: [...whole.matchAll(/\/Type \/Page\n/g)].length, lines, links };
}

function charactersOf(cmap: string): string[] {
  const all = [...cmap.matchAll(/beginbfrange([\s\S]*?)endbfrange/g)].flatMap(([, block = '']) =>
    [...block.matchAll(/<([0-9a-f]{4})> <[0-9a-f]{4}> \[([^\]]*)\]/g)].map(([, from = '', list = '']) => ({
      from: Number.parseInt(from, 16),
      texts: [...list.matchAll(/<([0-9a-f ]+)>/g)].map(([, hex = '']) =>
        String.fromCharCode(...(hex.match(/[0-9a-f]{4}/g) ?? []).map((code) => Number.parseInt(code, 16))),
      ),
    })),
  );
  const characters: string[] = [];
  for (const { from, texts } of all) for (const [at, text] of texts.entries()) characters[from + at] = text;
  return characters;
}
