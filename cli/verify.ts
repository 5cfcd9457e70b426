#!/usr/bin/env node
// Verifies a bill: offline, no database, nothing but Node and the files beside this one in protocol/. bin/verify.mjs is this in one file.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { BillFault } from '../protocol/bill.ts';
import { sha256Plain } from '../protocol/sha256.ts';
import { type VerifiedBill, verifyBill } from '../protocol/verify-bill.ts';
import { verifyByWebCrypto } from '../protocol/web-crypto.ts';

const HELP = `sublet verify FILE [--log-key LINE] [--checkpoint FILE]

  Recomputes a bill from what the machine signed, without a network.

  FILE               a bill: the page of a booking and GET /api/v1/bookings/ID/receipts give it
  --log-key LINE     the log's key as you know it from elsewhere: its page, another renter, a host
  --checkpoint FILE  a checkpoint of the log that you or somebody else saw: the log must not show two histories
  --json             the result as one line of JSON

Exit codes: 0 it is right, 1 something is wrong with it, 2 the command was not understood.
`;

process.exitCode = await main();

async function main(): Promise<number> {
  const options = readOptions();
  if (options === null) return 2;
  const say = (result: object, sentence: string) =>
    process.stdout.write(options.json ? `${JSON.stringify(result)}\n` : sentence);
  try {
    const bill = await verifyBill(readText(options.file), {
      sha256: sha256Plain,
      verify: verifyByWebCrypto,
      logKey: options.logKey,
      seen: options.checkpoint === null ? null : readText(options.checkpoint),
    });
    say({ ok: true, ...bill }, sentences(bill, options.logKey));
    return 0;
  } catch (error) {
    if (!(error instanceof BillFault)) throw error;
    say({ ok: false, record: error.record, why: error.message }, `WRONG: ${error.record}. ${error.message}\n`);
    return 1;
  }
}

type Options = { file: string; logKey: string | null; checkpoint: string | null; json: boolean };

function readOptions(): Options | null {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        'log-key': { type: 'string' },
        checkpoint: { type: 'string' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    const [file, ...more] = positionals;
    if (values.help || file === undefined || more.length > 0) {
      process.stderr.write(HELP);
      return null;
    }
    return { file, logKey: values['log-key'] ?? null, checkpoint: values.checkpoint ?? null, json: values.json };
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n\n${HELP}`);
    return null;
  }
}

/** UTF-8 to the byte: what is not is no bill. */
function readText(path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(readFileSync(path));
  } catch (error) {
    throw new BillFault(path, `It cannot be read (${(error as Error).message}).`);
  }
}

function sentences(bill: VerifiedBill, logKey: string | null): string {
  const { totals, terms } = bill;
  const lines = [
    `RIGHT: the bill of ${bill.bookingId} ${bill.final ? '(final)' : '(so far)'} adds up.`,
    `  ${bill.statements} ${bill.statements === 1 ? 'statement' : 'statements'} signed by ${bill.machineId}, one chain, all in the log${
      bill.notYetLogged > 0 ? ` but the newest ${bill.notYetLogged}, which came just now` : ''
    }.`,
    countersigned(bill),
    `  ${totals.gpuSeconds} GPU-seconds at ${dollars(terms.priceMicrosPerGpuHour)} per GPU-hour, and the disk at ${dollars(terms.diskPriceMicrosPerGibMonth)} per GiB and month.`,
    `  Charged ${dollars(totals.chargedMicros)}: ${dollars(totals.hostMicros)} to the host, ${dollars(totals.feeMicros)} to the platform. Given back: ${dollars(totals.refundedMicros)}.`,
    ...givenBack(bill),
    `  The log has ${bill.logSize} entries${bill.earlierSize === null ? '' : ` and continues what it was at ${bill.earlierSize}`}.`,
    logKey === null
      ? `  The log's key was taken from the file. Compare it with what others see: ${bill.log}`
      : "  The log's key is the one that you named.",
  ];
  return `${lines.join('\n')}\n`;
}

function givenBack({ givenBack: given }: VerifiedBill): string[] {
  if (given === null) return [];
  const back = given.refundedMicros === '0' ? '' : `, of which ${dollars(given.refundedMicros)} came back`;
  return [
    `  The reserved window was given back at ${given.at}: by its terms that cost ${dollars(given.micros)}${back}; ${dollars(given.hostMicros)} to the host, ${dollars(given.feeMicros)} to the platform.`,
  ];
}

function countersigned({ countersigned: by }: VerifiedBill): string {
  if (by === null) return '  Host only: the renter did not countersign.';
  const named = by.namedBy === 'terms' ? 'the logged terms name' : 'the market named later, in a permit';
  return `  Countersigned by the renter up to statement ${by.sequence}, at ${by.at}, by a key that ${named}.`;
}

function dollars(micros: string): string {
  const digits = micros.padStart(7, '0');
  return `$${digits.slice(0, -6)}.${digits.slice(-6)}`;
}
