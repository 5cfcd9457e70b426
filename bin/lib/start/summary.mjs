import { styleText } from 'node:util';
import { elapsedSeconds } from '../say.mjs';

const PASSWORD = 'sublet-demo-2026';
const ACCOUNTS = [
  ['renter', 'renter@demo.sublet.test', 'has money in the wallet and can book at once'],
  ['host', 'host@demo.sublet.test', 'owns this machine and a few simulated ones'],
  ['admin', 'admin@demo.sublet.test', 'sees everybody and approves, suspends, refunds'],
];

/** What a person needs to know when the market is up. */
export function showSummary({ settings, ready, toolsProblem }) {
  const bold = (text) => styleText('bold', text);
  const lines = [
    '',
    `${bold('Sublet is running:')} ${styleText(['bold', 'cyan'], settings.publicUrl)}   (ready after ${elapsedSeconds().toFixed(1)} s)`,
    '',
  ];
  if (!ready.ok)
    lines.push(`Not everything is up yet: ${JSON.stringify(ready)}. Its words are in ${settings.dir}/logs.`, '');
  if (settings.demo) {
    lines.push(`${bold('Sign in as')}      (password of all three: ${bold(PASSWORD)})`);
    for (const [role, email, can] of ACCOUNTS) lines.push(`  ${role.padEnd(7)} ${email.padEnd(26)} ${can}`);
    lines.push('');
    if (!['127.0.0.1', 'localhost', '::1'].includes(settings.host)) {
      lines.push(
        styleText('yellow', 'Whoever reaches this address can sign in with these accounts, the admin too.'),
        '',
      );
    }
  }
  lines.push(...realAndSimulated(settings, ready, bold));
  if (toolsProblem !== undefined)
    lines.push(`The ssh tools could not be prepared, so rentals have no shell: ${firstLine(toolsProblem)}`, '');
  lines.push(`Logs: ${settings.dir}/logs · end everything: Ctrl-C`, '');
  process.stdout.write(`${lines.join('\n')}\n`);
}

function realAndSimulated(settings, ready, bold) {
  const database = settings.ownDatabase ? `PostgreSQL 18 (${settings.dir}/postgres)` : 'your PostgreSQL (DATABASE_URL)';
  if (!settings.demo)
    return [`${bold('Real')}       everything; ${database}. Enrol a machine on the page "List a machine".`, ''];
  const here = ready.localMachine;
  const real = [database, 'accounts', 'booking', 'billing by the second', 'the ledger'];
  const simulated = ['all other machines (their shells say so)', 'mail (kept on a page)'];
  if (process.env.STRIPE_SECRET_KEY) real.push('payments through Stripe');
  else simulated.splice(1, 0, 'money (a sandbox wallet)');
  if (here?.bookable === true)
    real.push('rentals of this machine: Docker containers, reached by ssh through the gateway');
  if (here?.simulated === true) simulated.unshift("this machine's GPUs (it has none: they come from a recording)");
  const lines = [`${bold('Real')}       ${real.join(', ')}`, `${bold('Simulated')}  ${simulated.join(', ')}`];
  if (here?.bookable === false)
    lines.push(`${bold('Not now')}    renting this machine: ${here.reason ?? 'nobody knows why.'}`);
  return [...lines, ''];
}

function firstLine(text) {
  return text.trim().split('\n').at(-1);
}
