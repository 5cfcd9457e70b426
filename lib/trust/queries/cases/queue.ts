import type { Actor } from '#lib/base/actor.ts';
import type { CaseRow, CaseView } from '../../case-view.ts';

/** A case as its queue finds it, before anybody's claim. */
export type Waiting = Pick<CaseRow, 'id' | 'title' | 'line' | 'since'>;
/** What one kind of case adds to what all have. */
export type Detail = Pick<CaseView, 'title' | 'line' | 'since' | 'evidence' | 'links' | 'whyNot'> &
  Partial<Pick<CaseView, 'outcomes'>>;

/** How the cases of one kind are found. The oldest come first: they are due first. */
export type Queue = {
  readonly waiting: (now: Date, take: number) => Promise<readonly Waiting[]>;
  readonly count: (now: Date) => Promise<number>;
  /** Null when there is no such case. */
  readonly detail: (actor: Actor, id: string) => Promise<Detail | null>;
};

export const personLink = ({ id, name }: { readonly id: string; readonly name: string }) => ({
  href: `/admin/people/${id}`,
  label: name,
});

/** Payment providers by their names. */
export const PROVIDER_NAMES = { sandbox: 'the sandbox', stripe: 'Stripe' };

/** An instant in facts: the day is enough to judge by. */
export const day = (at: Date | null) => (at === null ? 'never' : at.toISOString().slice(0, 10));
