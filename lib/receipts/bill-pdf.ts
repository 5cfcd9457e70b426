import PDFDocument from 'pdfkit';
import { formatBasisPoints, formatBytes } from '#lib/catalogue/quantity.ts';
import type { Bill } from '#protocol/bill.ts';
import { readCountersignature } from '#protocol/countersignature.ts';
import type { TermsRecord } from '#protocol/log-entry.ts';
import { invoiceCredits, invoiceLines } from './invoice-lines.ts';
import { type Coverage, printRuns } from './print-runs.ts';
import { printable } from './printable.ts';

/** Whose invoice it is, for people: nothing of it decides an amount. */
export type InvoiceHeading = {
  readonly bookingName: string;
  readonly renterName: string;
  readonly hostName: string;
  readonly machineName: string;
  readonly gpuModel: string;
};

/** Font files, so that any name can be written and none depends on the computer that prints. */
export type InvoiceFonts = {
  readonly text: Buffer;
  readonly strong: Buffer;
  readonly mono: Buffer;
  readonly greekText: Buffer;
  readonly greekStrong: Buffer;
  /** What the operators chose for other scripts; null: nothing. */
  readonly more: Buffer | null;
  readonly coverage: Coverage;
};

const LEFT = 48;
const RIGHT = 547;
const BOTTOM = 770;
const INK = '#14181f';
const MUTED = '#59616e';
const LINK = '#1d4ed8';
const RULE = '#d5d9e0';

type Page = PDFKit.PDFDocument;

/**
 * A bill as a PDF of A4 pages. A pure function: the same bill, heading and addresses give the same bytes. Each line links to
 * the statements that it is of, at `pageOf` of the last of them.
 */
export async function billPdf(
  bill: Bill,
  heading: InvoiceHeading,
  pageOf: (sequence: number) => string,
  fonts: InvoiceFonts,
): Promise<Uint8Array> {
  const terms = JSON.parse(bill.terms.payload) as TermsRecord;
  const page = new PDFDocument({
    size: 'A4',
    margins: { top: 48, bottom: 0, left: LEFT, right: 595 - RIGHT },
    bufferPages: true,
    // Its own default is read from a file of the package.
    font: '',
    lang: 'en',
    displayTitle: true,
    info: {
      Title: `Invoice of ${terms.bookingId}`,
      Producer: 'Sublet',
      Creator: 'Sublet',
      CreationDate: new Date(bill.issuedAt),
    },
  });
  const chunks: Buffer[] = [];
  const done = new Promise<Uint8Array>((resolve, reject) => {
    page.on('data', (chunk: Buffer) => chunks.push(chunk));
    page.on('end', () => resolve(new Uint8Array(Buffer.concat(chunks))));
    page.on('error', reject);
  });
  page.registerFont('text', fonts.text).registerFont('strong', fonts.strong).registerFont('mono', fonts.mono);
  page.registerFont('greekText', fonts.greekText).registerFont('greekStrong', fonts.greekStrong);
  if (fonts.more !== null) page.registerFont('more', fonts.more);
  writeHeading(page, bill, terms, heading, fonts.coverage);
  writeLines(page, bill, pageOf);
  writeTotals(page, bill, terms, fonts.coverage);
  writeProof(page, bill);
  numberPages(page, terms.bookingId);
  page.end();
  return done;
}

function writeHeading(page: Page, bill: Bill, terms: TermsRecord, heading: InvoiceHeading, coverage: Coverage): void {
  page
    .font('strong', 20)
    .fillColor(INK)
    .text(bill.final ? 'Invoice' : 'Invoice so far', LEFT, 48);
  page.font('text', 9).fillColor(MUTED);
  page.text(`Issued ${stamp(bill.issuedAt)} UTC`, LEFT, 54, { width: RIGHT - LEFT, align: 'right' });
  page.y = 84;
  const facts: readonly [string, string][] = [
    ['Booking', printable(heading.bookingName, 70)],
    ['Number', terms.bookingId],
    ['Renter', printable(heading.renterName, 70)],
    ['Host', printable(heading.hostName, 70)],
    ['Machine', printable(heading.machineName, 70)],
    ['GPUs', printable(`${terms.gpuCount} × ${heading.gpuModel}`, 70)],
    ['Booked', `${stamp(terms.bookedAt)} UTC`],
    ['Price', `$${dollars(terms.priceMicrosPerGpuHour)} per GPU-hour`],
    ['Disk', `${formatBytes(BigInt(terms.diskBytes))} at $${dollars(terms.diskPriceMicrosPerGibMonth)} per GiB-month`],
  ];
  for (const [label, value] of facts) {
    const { y } = page;
    page.font('text', 9).fillColor(MUTED).text(label, LEFT, y, { lineBreak: false });
    page.fillColor(INK);
    words(page, 'text', value, { x: LEFT + 70, width: RIGHT - LEFT - 70, y }, coverage);
    page.y = y + 15;
  }
}

const COLUMNS = [
  { title: 'From (UTC)', x: LEFT, width: 108, align: 'left' },
  { title: 'Until (UTC)', x: 160, width: 108, align: 'left' },
  { title: 'Statements', x: 272, width: 80, align: 'left' },
  { title: 'GPU-s', x: 350, width: 62, align: 'right' },
  { title: 'Disk GiB-h', x: 416, width: 62, align: 'right' },
  { title: 'Amount $', x: 482, width: RIGHT - 482, align: 'right' },
] as const;

function writeLines(page: Page, bill: Bill, pageOf: (sequence: number) => string): void {
  page.y += 14;
  columnTitles(page);
  for (const line of invoiceLines(bill)) {
    room(page, 16, columnTitles);
    const { y } = page;
    const { firstSequence, lastSequence } = line;
    const numbers = firstSequence === lastSequence ? `${firstSequence}` : `${firstSequence} – ${lastSequence}`;
    const values = [
      stamp(line.from),
      stamp(line.until),
      numbers,
      line.gpuSeconds.toString(),
      gibHours(line.diskByteSeconds),
      dollars(line.chargedMicros),
    ];
    page.font('text', 9);
    for (const [at, column] of COLUMNS.entries()) {
      const link = column.title === 'Statements' ? pageOf(lastSequence) : undefined;
      page.fillColor(link === undefined ? INK : LINK);
      cell(page, values[at] ?? '', { ...column, y, link });
    }
    page.y = y + 15;
  }
  if (bill.statements.length === 0) page.font('text', 9).fillColor(MUTED).text('Nothing was billed.', LEFT, page.y);
}

function columnTitles(page: Page): void {
  const { y } = page;
  page.font('strong', 9).fillColor(MUTED);
  for (const column of COLUMNS) cell(page, column.title, { ...column, y });
  rule(page, y + 14);
  page.y = y + 19;
}

function writeTotals(page: Page, bill: Bill, terms: TermsRecord, coverage: Coverage): void {
  const { totals } = bill;
  const credits = invoiceCredits(bill);
  room(page, 70);
  rule(page, page.y + 3);
  page.y += 9;
  const net = BigInt(totals.chargedMicros) - BigInt(totals.refundedMicros);
  amount(page, 'Charged', dollars(totals.chargedMicros), 'strong');
  amount(page, `of which fee of the platform (${formatBasisPoints(terms.feeBasisPoints)})`, dollars(totals.feeMicros));
  amount(page, 'of which to the host', dollars(totals.hostMicros));
  for (const { at, reason, micros } of credits)
    amount(page, `Given back on ${stamp(at)}: ${printable(reason, 80)}`, `-${dollars(micros)}`, 'text', coverage);
  amount(page, 'In all', `$${dollars(net)}`, 'strong');
  page.font('text', 8).fillColor(MUTED);
  page.text('US dollars, to the millionth. No tax is included or added.', LEFT, page.y + 2);
}

function amount(page: Page, label: string, value: string, font: 'text' | 'strong' = 'text', said?: Coverage): void {
  room(page, 16);
  const { y } = page;
  page.font(font, 9).fillColor(font === 'strong' ? INK : MUTED);
  if (said === undefined) cell(page, label, { x: LEFT, width: 380, y });
  else words(page, font, label, { x: LEFT, width: 380, y }, said);
  page.font(font, 9).fillColor(INK);
  cell(page, value, { x: 430, width: RIGHT - 430, y, align: 'right' });
  page.y = y + 15;
}

function writeProof(page: Page, bill: Bill): void {
  room(page, 84);
  page.y += 14;
  page.font('strong', 9).fillColor(INK).text('How to check it', LEFT, page.y);
  const agreed = bill.countersignature == null ? null : readCountersignature(bill.countersignature.payload);
  const by =
    agreed === null
      ? 'Signed by the host only: the renter did not countersign.'
      : `Countersigned by the renter up to statement ${agreed.sequence}.`;
  page.font('text', 8).fillColor(MUTED);
  page.text(
    `Every line follows from statements that the machine signed; each stands in the public log. ${by} ` +
      'The bill as a file proves all of it: “npx sublet verify FILE” recomputes it without a network. The key of the log:',
    LEFT,
    page.y + 3,
    { width: RIGHT - LEFT },
  );
  page.font('mono', 7).text(printable(bill.log, 200), LEFT, page.y + 3, { width: RIGHT - LEFT });
}

type Cell = {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly align?: 'left' | 'right';
  readonly link?: string | undefined;
};

/** One line of text that stays in its place, whatever it says. */
function cell(page: Page, text: string, { x, y, width, align = 'left', link }: Cell): void {
  const fits = page.widthOfString(text) <= width;
  page.text(text, x, y, {
    width,
    height: 12,
    align,
    lineBreak: !fits,
    ...(fits ? {} : { ellipsis: true }),
    ...(link === undefined ? {} : { link, underline: true }),
  });
}

/** A font of one weight draws both. */
const FONT_OF = {
  own: { text: 'text', strong: 'strong' },
  greek: { text: 'greekText', strong: 'greekStrong' },
  more: { text: 'more', strong: 'more' },
} as const;

/** What people wrote, in whatever script: each stretch by a font that has it. */
function words(page: Page, font: 'text' | 'strong', text: string, at: Cell, coverage: Coverage): void {
  let { x } = at;
  for (const run of printRuns(text, coverage)) {
    page.font(FONT_OF[run.hand][font], 9);
    const left = at.x + at.width - x;
    // A line that is full ends with the dots of the stretch before.
    if (left < 12) break;
    cell(page, run.text, { ...at, x, width: left });
    x += Math.min(left, page.widthOfString(run.text));
  }
  page.font(font, 9);
}

function rule(page: Page, y: number): void {
  page.moveTo(LEFT, y).lineTo(RIGHT, y).lineWidth(0.5).strokeColor(RULE).stroke();
}

/** Sees to it that so many points are left on the page; else begins another, with `again` at its top. */
function room(page: Page, points: number, again?: (page: Page) => void): void {
  if (page.y + points <= BOTTOM) return;
  page.addPage();
  page.y = 48;
  again?.(page);
}

function numberPages(page: Page, bookingId: string): void {
  const { count } = page.bufferedPageRange();
  for (let at = 0; at < count; at += 1) {
    page.switchToPage(at);
    page.font('text', 8).fillColor(MUTED);
    cell(page, `${bookingId} · page ${at + 1} of ${count}`, { x: LEFT, y: 800, width: RIGHT - LEFT, align: 'right' });
  }
}

function stamp(instant: string): string {
  return instant.slice(0, 19).replace('T', ' ');
}

/** To the millionth, so that a column lines up and adds up. */
function dollars(micros: bigint | string): string {
  const digits = BigInt(micros).toString().padStart(7, '0');
  return `${digits.slice(0, -6)}.${digits.slice(-6)}`;
}

function gibHours(byteSeconds: bigint): string {
  return (Number((byteSeconds * 1_000n) / (2n ** 30n * 3_600n)) / 1_000).toFixed(3);
}
