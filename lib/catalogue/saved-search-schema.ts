import * as z from 'zod';
import { parseDollars } from '#lib/base/money.ts';
import { ALERT_SECONDS } from './saved-search.ts';

const id = z.string().min(1).max(64);

const flag = z
  .union([z.boolean(), z.enum(['on', 'true', 'false', '']).transform((text) => text === 'on' || text === 'true')])
  .default(false);

/** Empty or null tells of no price. */
const limit = z
  .string()
  .max(40)
  .nullish()
  .transform((text, context) => {
    const given = text?.trim() ?? '';
    if (given === '') return null;
    const micros = parseDollars(given);
    if (micros !== undefined && micros > 0n) return micros;
    context.addIssue('Write an amount in dollars like 0.35, or leave it empty.');
    return z.NEVER;
  });

const name = z
  .string('Give it a name.')
  .transform((text) => text.trim())
  .pipe(
    z
      .string()
      .min(1, 'Give it a name.')
      .max(80, 'A name has at most 80 characters.')
      .regex(/^\P{Cc}*$/u, 'A name has no control characters.'),
  );

const alerts = {
  name,
  tellsNew: flag,
  /** In dollars per GPU-hour. */
  below: limit,
  everySeconds: z.coerce
    .number()
    .pipe(
      z.union(
        ALERT_SECONDS.map((seconds) => z.literal(seconds)),
        'Choose one of the spans.',
      ),
    )
    .default(86_400),
  byMail: flag,
};

/** `query`: that of the address of a search. Field names are those of the form and of the API. */
export const saveSearchInput = z.object({ ...alerts, query: z.string().max(4_000, 'This search is too long.') });
export type SaveSearchInput = z.output<typeof saveSearchInput>;

export const changeSearchInput = z.object({ ...alerts, searchId: id });
export type ChangeSearchInput = z.output<typeof changeSearchInput>;

export const searchIdInput = z.object({ searchId: id });
export type SearchIdInput = z.output<typeof searchIdInput>;
