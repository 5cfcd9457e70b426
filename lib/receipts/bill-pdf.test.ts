import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { printFonts, readFonts } from '#lib/io/fonts.ts';
import { type Bill, parseBill } from '#protocol/bill.ts';
import type { Statement } from '#protocol/statement.ts';
import { readPdf } from '#tests/support/pdf-text.ts';
import { billPdf, type InvoiceHeading } from './bill-pdf.ts';
import { invoiceLines } from './invoice-lines.ts';
import { printRuns } from './print-runs.ts';
import { printable } from './printable.ts';

const bill = parseBill(readFileSync('tests/fixtures/bills/v1.json', 'utf8'));
const heading: InvoiceHeading = {
  bookingName: 'first run',
  renterName: 'Ada Lovelace',
  hostName: 'Žofie Čapková',
  machineName: 'tower-7',
  gpuModel: 'NVIDIA A10G',
};
const pageOf = (sequence: number) => `https://market.example/bookings/bkg_1/bill?before=${sequence + 1}`;
const pdf = async (of: Bill = bill, about: Partial<InvoiceHeading> = {}) =>
  billPdf(of, { ...heading, ...about }, pageOf, await printFonts());
const credit = (reason: string, micros = '5000') => ({
  payload: JSON.stringify({ micros, reason, at: '2026-11-23T13:00:00.000Z' }),
  signature: '',
  salt: '',
  index: 9,
  path: [],
});

/** The bill with so many statements, one a minute. */
function longer(minutes: number): Bill {
  const first = bill.statements[0] as Bill['statements'][number];
  const said = JSON.parse(first.payload) as Statement;
  const at = (minute: number) => new Date(Date.parse(said.startsAt) + 60_000 * minute).toISOString();
  const statements = Array.from({ length: minutes }, (_, sequence) => ({
    ...first,
    payload: JSON.stringify({ ...said, sequence, startsAt: at(sequence), endsAt: at(sequence + 1) }),
  }));
  const chargedMicros = (BigInt(first.chargedMicros) * BigInt(minutes)).toString();
  return { ...bill, statements, totals: { ...bill.totals, chargedMicros } };
}

describe('an invoice to print', () => {
  it('says whose it is, what was used, what it costs, and how to check it', async () => {
    const { lines, pages } = readPdf(await pdf());
    const text = lines.join('\n');
    expect(pages).toBe(1);
    for (const words of ['Invoice so far', 'first run', 'Ada Lovelace', 'Žofie Čapková', 'tower-7', '1 × NVIDIA A10G'])
      expect(lines).toContain(words);
    expect(lines).toContain('0 – 4');
    expect(lines).toContain('240');
    expect(lines.filter((line) => line === '0.240009')).toHaveLength(2);
    expect(lines).toContain('0.216009');
    expect(text).toContain('Signed by the host only');
    expect(text).toContain('npx sublet verify');
    expect(text.replaceAll('\n', '')).toContain(bill.log);
  });

  it('writes names in Cyrillic and Greek, and what it has no letters for by code points, never as boxes', async () => {
    const about = {
      renterName: 'Жанна Щукина',
      hostName: 'Ελένη Ώρα & Søn',
      machineName: '李小龙-1',
      bookingName: 'fine-tune 🎉 now',
    };
    const { lines } = readPdf(await pdf(bill, about));
    expect(lines).toContain('Жанна Щукина');
    const text = lines.join('');
    expect(text).toContain('Ελένη Ώρα & Søn');
    expect(text).toContain('‹U+674E U+5C0F U+9F99›-1');
    expect(text).toContain('fine-tune ‹U+1F389› now');
    expect(text).not.toContain('?');
    const greek = readPdf(await pdf({ ...bill, credits: [credit('Συγγνώμη για την αναμονή')] })).lines.join('');
    expect(greek).toContain('Συγγνώμη για την αναμονή');
  });

  it('writes other scripts too, with a font that the operators named, and embeds no more of it than is used', async () => {
    const fonts = await readFonts('tests/fixtures/fonts/boxes.ttf');
    const about = { ...heading, machineName: '李小龙-1', renterName: '李 王' };
    const { lines } = readPdf(await billPdf(bill, about, pageOf, fonts));
    expect(lines.join('')).toContain('李小龙-1');
    expect(lines.join('')).toContain('李 ‹U+738B›');
    expect((await readFonts('/nowhere.ttf')).more).toBeNull();
    expect((await readFonts('package.json')).more).toBeNull();
  });

  it('covers a line letter by letter, loses none, and keeps their order', async () => {
    const { coverage } = await printFonts();
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const runs = printRuns(text, coverage);
        for (const run of runs)
          for (const character of run.text) {
            expect(coverage[run.hand](character.codePointAt(0) ?? 0)).toBe(true);
          }
        const known = [...text].filter(
          (one) => coverage.own(one.codePointAt(0) ?? 0) || coverage.greek(one.codePointAt(0) ?? 0),
        );
        const shown = runs.map((run) => run.text).join('');
        let at = 0;
        for (const one of known) {
          at = shown.indexOf(one, at);
          expect(at).toBeGreaterThanOrEqual(0);
          at += one.length;
        }
      }),
    );
    for (const letter of 'AzÄßЖщŽệ–…‹›') expect(coverage.own(letter.codePointAt(0) ?? 0)).toBe(true);
    for (const letter of '李א') expect(coverage.own(letter.codePointAt(0) ?? 0)).toBe(false);
  });

  it('links each line to its statements', async () => {
    const { links } = readPdf(await pdf(longer(150)));
    expect(links).toEqual(
      [60, 120, 150].map((before) => `https://market.example/bookings/bkg_1/bill?before=${before}`),
    );
  });

  it('is the same to the byte, whenever it is made', async () => {
    expect(Buffer.compare(await pdf(), await pdf())).toBe(0);
    expect(Buffer.compare(await pdf(), await pdf(bill, { renterName: 'Eve' }))).not.toBe(0);
  });

  it('lists what was given back, and what is left to pay', async () => {
    const given = { ...bill, credits: [credit('It was slow.')], totals: { ...bill.totals, refundedMicros: '5000' } };
    const { lines } = readPdf(await pdf(given));
    expect(lines).toContain('Given back on 2026-11-23 13:00:00: It was slow.');
    expect(lines).toContain('-0.005000');
    expect(lines).toContain('$0.235009');
  });

  it('of a month has a line for each day, on as many pages as it takes, each numbered', async () => {
    const { lines, pages, links } = readPdf(await pdf(longer(60 * 24 * 60)));
    expect(links.length).toBe(61);
    expect(pages).toBe(2);
    expect(lines.filter((line) => line.endsWith(`page 2 of 2`))).toHaveLength(1);
    expect(lines.filter((line) => line === 'Statements')).toHaveLength(2);
  });

  it('of nothing says that nothing was billed', async () => {
    const none = { ...bill, statements: [], totals: { ...bill.totals, chargedMicros: '0', refundedMicros: '0' } };
    expect(readPdf(await pdf(none)).lines).toContain('Nothing was billed.');
  });

  it('stays in shape whatever people call themselves', async () => {
    const hostile = [
      '<script>alert(1)</script>',
      ') Tj /URI (https://evil.example) \\',
      '\u202Egnirts',
      'W'.repeat(300),
      '张伟 👩🏽‍🚀',
      '\u0000\u0007',
    ];
    for (const name of hostile) {
      const made = readPdf(
        await pdf({ ...bill, credits: [credit(name)] }, { renterName: name, bookingName: name, machineName: name }),
      );
      expect(made.pages).toBe(1);
      expect(made.links).toEqual([pageOf(4)]);
      expect(made.lines).toContain('Renter');
      expect(made.lines.join('')).not.toContain('\u202E');
    }
    expect(readPdf(await pdf(bill, { renterName: hostile[1] as string })).lines).toContain(hostile[1]);
  });
});

describe('the lines of an invoice', () => {
  it('sum to what was charged, and name each statement once, in order', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 6_000 }), (minutes) => {
        const long = longer(minutes);
        const lines = invoiceLines(long);
        expect(lines.reduce((sum, line) => sum + line.chargedMicros, 0n).toString()).toBe(long.totals.chargedMicros);
        let next = 0;
        for (const line of lines) {
          expect(line.firstSequence).toBe(next);
          next = line.lastSequence + 1;
        }
        expect(next).toBe(minutes);
        expect(lines.length).toBeLessThanOrEqual(50);
      }),
      { numRuns: 20 },
    );
  });
});

describe('what somebody typed, in print', () => {
  it('is one line without marks that hide or turn around, at most so long', () => {
    expect(printable(' a\tb\n\u202Ec\u200Bd\u0000 ', 20)).toBe('a b c d');
    expect(printable('W'.repeat(300), 10)).toBe(`${'W'.repeat(9)}…`);
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
        const line = printable(text, 20);
        return [...line].length <= 20 && !/[\p{Cc}\p{Cf}]/u.test(line);
      }),
    );
  });
});
