import { requireAdmin } from '#lib/auth/permission.ts';
import type { Actor } from '#lib/base/actor.ts';
import { type Page, toPage } from '#lib/base/page.ts';
import { db } from '#lib/io/db.ts';

export type PersonRow = {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly role: string;
  readonly confirmed: boolean;
  readonly suspendedAt: Date | null;
  readonly machines: number;
  readonly rentals: number;
  readonly createdAt: Date;
};

const PEOPLE_A_PAGE = 50;

/** What a row of people is made of. */
export const personRow = {
  id: true,
  name: true,
  email: true,
  role: true,
  emailConfirmedAt: true,
  suspendedAt: true,
  createdAt: true,
  _count: { select: { machines: true, rented: true } },
} as const;

type SelectedPerson = {
  id: string;
  name: string;
  email: string;
  role: string;
  emailConfirmedAt: Date | null;
  suspendedAt: Date | null;
  createdAt: Date;
  _count: { machines: number; rented: number };
};

/** A selected person as a row. */
export function toPersonRow({ emailConfirmedAt, _count, ...person }: SelectedPerson): PersonRow {
  return { ...person, confirmed: emailConfirmedAt !== null, machines: _count.machines, rentals: _count.rented };
}

/** People whose name, address or id contains `text`, newest first. For admins. */
export async function findPeople(
  actor: Actor,
  ask: { text: string; before?: string | undefined },
): Promise<Page<PersonRow>> {
  requireAdmin(actor);
  const rows = await db.user.findMany({
    where: {
      ...(ask.text === ''
        ? {}
        : {
            OR: [
              { name: { contains: ask.text, mode: 'insensitive' as const } },
              { email: { contains: ask.text, mode: 'insensitive' as const } },
              { id: ask.text },
            ],
          }),
      ...(ask.before === undefined ? {} : { id: { lt: ask.before } }),
    },
    select: personRow,
    orderBy: { id: 'desc' },
    take: PEOPLE_A_PAGE + 1,
  });
  return toPage(rows.map(toPersonRow), PEOPLE_A_PAGE);
}
