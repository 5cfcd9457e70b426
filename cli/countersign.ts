#!/usr/bin/env node
import { hostname } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import * as z from 'zod';
import { Doubt } from '#protocol/countersign.ts';
import { Client } from './client.ts';
import { keepClient, keptClient, usualKeyFile } from './kept-client.ts';
import { Market, MarketError } from './market.ts';

const HELP = `sublet countersign BOOKING [--follow] [--vouch]
sublet countersign --register

  Checks what the machine of a booking stated and countersigns the newest statement, by a key that this program
  made and keeps. The bill then has the word of both sides. It agrees to no time before it first looked.

  BOOKING        the id of a booking of yours: bkg_…
  --register     only makes this program's key and registers it, so that what you book from now on names it
  --follow       goes on, once a minute, until the bill is final
  --every N      so many seconds between two looks, instead of 60
  --vouch        you give your own word for time before this program looked
  --keys FILE    where the key is kept, instead of ~/.config/sublet/client-keys.json
  --url URL      the market, instead of $SUBLET_URL

  $SUBLET_TOKEN  a token of your account, from its page of settings

Exit codes: 0 it countersigned, or there is nothing to countersign yet; 1 it did not, and says why; 2 the command was
not understood.
`;

const keys = z.object({ account: z.string() });
const bill = z.object({ final: z.boolean(), statements: z.number() });

process.exitCode = await main();

async function main(): Promise<number> {
  const options = readOptions();
  if (options === null) return 2;
  try {
    const market = new Market(options.url);
    market.authorize(options.token);
    const client = await ownClient(market, options.keys);
    if (options.booking === null)
      return say('This program has a key, and it is registered: what you book now names it.');
    return await countersign(market, client, { ...options, booking: options.booking });
  } catch (error) {
    if (error instanceof MarketError || error instanceof Doubt) return refuse(error.message);
    if (error instanceof Error && 'code' in error) return refuse(`It did not work: ${error.message}`);
    throw error;
  }
}

/** The key that this program has for whoever the token is of; makes and registers one where it has none. */
async function ownClient(market: Market, path: string): Promise<Client> {
  const { account } = await market.ask('/api/v1/client-keys', keys);
  const kept = await keptClient(path, market.url, account);
  if (kept !== null) return Client.restore(market, kept);
  const client = await Client.register(market, `sublet on ${hostname()}`.slice(0, 60));
  await keepClient(path, market.url, client.kept());
  return client;
}

type Options = {
  readonly booking: string | null;
  readonly follow: boolean;
  readonly everySeconds: number;
  readonly vouch: boolean;
  readonly keys: string;
  readonly url: string;
  readonly token: string;
};

async function countersign(market: Market, client: Client, options: Options & { booking: string }): Promise<number> {
  const { booking } = options;
  let last: number | null = null;
  for (;;) {
    const { final, statements } = await market.ask(`/api/v1/bookings/${encodeURIComponent(booking)}/bill`, bill);
    const sequence = await look(client, booking, options.vouch).finally(() =>
      keepClient(options.keys, market.url, client.kept()),
    );
    if (sequence !== last && sequence !== null) say(`Countersigned up to statement ${sequence}.`);
    if (sequence === null && !options.follow) say('There is no statement yet: nothing to countersign.');
    last = sequence;
    if (!options.follow) return 0;
    if (final && (sequence ?? -1) >= statements - 1) return say('The bill is final, and countersigned as a whole.');
    await pause(options.everySeconds * 1_000);
  }
}

async function look(client: Client, booking: string, vouch: boolean): Promise<number | null> {
  try {
    return await client.look(booking);
  } catch (error) {
    if (!(error instanceof Doubt) || error.unseenSeconds === 0) throw error;
    if (!vouch) throw new Doubt(`${error.message} If you know that it ran, give your own word with --vouch.`);
    client.vouch(booking, error.unseenSeconds);
    return client.look(booking);
  }
}

function say(sentence: string): number {
  process.stdout.write(`${sentence}\n`);
  return 0;
}

function refuse(sentence: string): number {
  process.stderr.write(`${sentence}\n`);
  return 1;
}

function readOptions(): Options | null {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        register: { type: 'boolean', default: false },
        follow: { type: 'boolean', default: false },
        every: { type: 'string', default: '60' },
        vouch: { type: 'boolean', default: false },
        keys: { type: 'string', default: usualKeyFile(process.env) },
        url: { type: 'string', default: process.env.SUBLET_URL ?? '' },
        help: { type: 'boolean', default: false },
      },
    });
    const [booking, ...more] = positionals;
    const token = process.env.SUBLET_TOKEN ?? '';
    const everySeconds = Number(values.every);
    const problem = [
      more.length > 0 || (booking === undefined) !== values.register ? 'Name one booking, or --register.' : null,
      values.url === '' ? 'Name the market: --url, or SUBLET_URL.' : null,
      token === '' ? 'SUBLET_TOKEN holds no token.' : null,
      Number.isInteger(everySeconds) && everySeconds >= 1 && everySeconds <= 3_600
        ? null
        : '--every takes 1 to 3600 seconds.',
    ].find((each) => each !== null);
    if (values.help || problem !== undefined) {
      process.stderr.write(values.help ? HELP : `${problem}\n\n${HELP}`);
      return null;
    }
    const { follow, vouch, keys: path, url } = values;
    return { booking: booking ?? null, follow, everySeconds, vouch, keys: path, url, token };
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n\n${HELP}`);
    return null;
  }
}
