import { TERMS_VERSION } from '#lib/auth/user.ts';
import type { Actor } from '#lib/base/actor.ts';
import { newId } from '#lib/base/id.ts';
import { MICROS_PER_DOLLAR } from '#lib/base/money.ts';
import { DAY } from '#lib/base/time.ts';
import { db, inTransaction } from '#lib/io/db.ts';
import { hashPassword } from '#lib/io/password.ts';
import { PROMOTIONS, renterWallet } from '#lib/ledger/account.ts';
import { postTransfers } from '#lib/ledger/post-transfers.ts';
import { emailOf, SIMULATED_HOSTS } from './hosts.ts';

const PASSWORD = 'sublet-demo-2026';
const CREDIT_MICROS = 500n * MICROS_PER_DOLLAR;

const PEOPLE = [
  { email: 'renter@demo.sublet.test', name: 'Demo Renter', role: 'member' },
  { email: 'host@demo.sublet.test', name: 'Demo Host', role: 'member' },
  { email: 'admin@demo.sublet.test', name: 'Demo Admin', role: 'admin' },
] as const;

const PAST_RENTER = {
  email: 'past-renter@hosts.demo.sublet.test',
  name: 'Past Renter (simulated)',
  role: 'member',
} as const;

export type DemoAccounts = {
  readonly host: Actor;
  readonly adminId: string;
  /** Rented before this market was looked at, so that the demo host has a past. Nobody can sign in as it. */
  readonly pastRenter: Actor;
  readonly simulatedHosts: ReadonlyMap<string, string>;
};

/** The three people of the demo, with money for the renter, and the hosts of the simulated machines, whom nobody can sign in as. */
export async function demoAccounts(now: Date): Promise<DemoAccounts> {
  const present = await db.user.count({ where: { email: { in: PEOPLE.map(({ email }) => email) } } });
  const passwordHash = present < PEOPLE.length ? await hashPassword(PASSWORD) : 'unused';
  const since = new Date(now.getTime() - 300 * DAY);
  await db.user.createMany({
    data: [
      ...PEOPLE.map((person) => account(person, passwordHash, now)),
      account(PAST_RENTER, 'no password opens this account', since),
      ...SIMULATED_HOSTS.map((host) =>
        account({ email: emailOf(host), name: host.name, role: 'member' }, 'no password opens this account', since),
      ),
    ],
    skipDuplicates: true,
  });
  const users = await db.user.findMany({ where: { demo: true }, select: { id: true, email: true } });
  const ids = new Map(users.map(({ id, email }) => [email, id]));
  const idOf = (email: string) => {
    const id = ids.get(email);
    if (id === undefined) throw new Error(`${email} belongs to somebody who is not part of the demo.`);
    return id;
  };
  await giveCredit(idOf(PEOPLE[0].email), now);
  return {
    host: { userId: idOf(PEOPLE[1].email), sessionId: 'seed', role: 'member', suspended: false },
    adminId: idOf(PEOPLE[2].email),
    pastRenter: { userId: idOf(PAST_RENTER.email), sessionId: 'seed', role: 'member', suspended: false },
    simulatedHosts: new Map(SIMULATED_HOSTS.map((host) => [host.slug, idOf(emailOf(host))])),
  };
}

function account(person: { email: string; name: string; role: string }, passwordHash: string, at: Date) {
  return {
    id: newId('user', at),
    ...person,
    passwordHash,
    emailConfirmedAt: at,
    termsVersion: TERMS_VERSION,
    termsAcceptedAt: at,
    demo: true,
    createdAt: at,
  };
}

/** Once: the key says so. */
async function giveCredit(renterId: string, now: Date): Promise<void> {
  await inTransaction('seed: credit', (tx) =>
    postTransfers(
      tx,
      [
        {
          from: PROMOTIONS,
          to: renterWallet(renterId),
          amountMicros: CREDIT_MICROS,
          kind: 'promotion',
          key: `demo-credit:${renterId}`,
          reason: 'Demo money',
        },
      ],
      now,
    ),
  );
}
