import { Refusal } from '#lib/base/refusal.ts';
import { closePriceDays } from '#lib/catalogue/close-price-days.ts';
import { disconnect } from '#lib/io/db.ts';
import { env } from '#lib/io/env.ts';
import { demoAccounts } from './seed/accounts.ts';
import { keepHosts, keptKeys } from './seed/files.ts';
import { prepareLocalMachine, publishLocalMachine } from './seed/local-machine.ts';
import { demoMachines } from './seed/machines.ts';
import { pastMarket } from './seed/past-market.ts';
import { pastRentals } from './seed/past-rentals.ts';

/**
 * Lays out a demo market, as often as it is called: three accounts, money for the renter, and the machines of
 * seed/market-offers.csv, simulated. With `--publish-local` it publishes the machine that `npm start` enrolled and prints what
 * became of it. Refuses where SUBLET_DEMO is not set: a real market never gets any of this.
 */
async function seed(): Promise<void> {
  if (!env().demo) throw new Error('Not a demo market (SUBLET_DEMO is not 1): nothing was added.');
  const now = new Date();
  const accounts = await demoAccounts(now);
  if (process.argv.includes('--publish-local')) {
    console.log(JSON.stringify(await publishLocalMachine(accounts.host, now)));
    return;
  }
  const machines = await demoMachines(accounts, await keptKeys(), now);
  // A market without a past is one as well.
  await pastRentals(accounts, machines, now).catch(unlessRefused);
  await pastMarket(accounts, machines, now).catch(unlessRefused);
  await closePriceDays({ now: () => now });
  await keepHosts(machines);
  await prepareLocalMachine(accounts.host);
}

function unlessRefused(error: unknown): void {
  if (!(error instanceof Refusal)) throw error;
  console.error(`The demo market has no past: ${error.sentence}`);
}

try {
  await seed();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  await disconnect();
}
