import { dismissAdmin } from '#lib/auth/dismiss-admin.ts';
import { makeAdmin } from '#lib/auth/make-admin.ts';
import { listAdmins } from '#lib/auth/queries.ts';
import { resetTwoStep } from '#lib/auth/reset-two-step.ts';
import { readEmail } from '#lib/auth/user.ts';
import { THE_MARKET } from '#lib/base/actor.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { disconnect } from '#lib/io/db.ts';
import { runningDatabase } from './_running-database.ts';
import { replayPlans } from './replay-plans.ts';

const USAGE = `Usage: npm run admin -- VERB

  make EMAIL      makes this account an admin
  dismiss EMAIL   makes it an ordinary account again (never the last admin)
  list            shows all admins
  reset-two-step EMAIL
                  takes the second step of signing in off an account whose phone and recovery codes are lost, and signs it out
                  everywhere. Be sure who asks: whoever reads their mail and knows their password is in then.
  replay-plans FILE
                  plans again what SUBLET_PLAN_LOG kept, and says whether each plan comes out the same; needs no database

It works on the database that DATABASE_URL names, else on that of a running "npm start".`;

const COMMANDS = {
  make: [makeAdmin, 'an admin'],
  dismiss: [dismissAdmin, 'an ordinary account'],
  'reset-two-step': [resetTwoStep, 'signing in by the password alone'],
} as const;

/** Exit codes: 0 done, 1 refused, 2 not understood. */
async function main([verb, address, ...rest]: readonly string[]): Promise<number> {
  if (verb === 'list' && address === undefined) {
    const admins = await listAdmins();
    for (const admin of admins) console.log(`${admin.email}\t${admin.name}${admin.suspended ? '\tsuspended' : ''}`);
    if (admins.length === 0) console.log('There is no admin yet. Make one: npm run admin -- make you@example.org');
    return 0;
  }
  if (verb === undefined || !Object.hasOwn(COMMANDS, verb) || address === undefined || rest.length > 0) {
    console.error(USAGE);
    return 2;
  }
  const email = readEmail(address);
  if (email === undefined) {
    console.error(`${JSON.stringify(address.slice(0, 100))} is not an e-mail address.`);
    return 2;
  }
  try {
    const [command, is] = COMMANDS[verb as keyof typeof COMMANDS];
    const changed = await command(THE_MARKET, { email });
    console.log(`${email} is ${changed ? 'now' : 'already'} ${is}.`);
    return 0;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const sentence =
      error.reason === 'notFound' ? `There is no account with ${email}. It signs up first.` : error.sentence;
    console.error(sentence);
    return 1;
  }
}

try {
  process.loadEnvFile('.env');
} catch {
  // There need not be one.
}
process.env.DATABASE_URL ||= runningDatabase(process.env.SUBLET_DIR || '.sublet') ?? '';

const [verb, file, ...more] = process.argv.slice(2);
if (verb === 'replay-plans' && file !== undefined && more.length === 0) {
  process.exitCode = await replayPlans(file).catch((error) => {
    console.error(`It did not work: ${error instanceof Error ? error.message : String(error)}`);
    return 1;
  });
} else if (process.env.DATABASE_URL === '') {
  console.error('No database: start the market with "npm start" first, or set DATABASE_URL to the one it uses.');
  process.exitCode = 2;
} else {
  try {
    process.exitCode = await main(process.argv.slice(2));
  } catch (error) {
    console.error(`It did not work: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  } finally {
    await disconnect();
  }
}
