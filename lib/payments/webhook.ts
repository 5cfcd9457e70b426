import * as z from 'zod';

/** Longer ids, types and account names than the provider has ever had. */
const short = z.string().regex(/^[\x21-\x7e]{1,255}$/);
const named = z.object({ id: short.optional() });

/** A snapshot event tells its object whole, a thin one (API v2) only where it is. */
const notice = z.object({
  id: short,
  type: short,
  created: z.union([z.int().nonnegative().max(100_000_000_000), z.iso.datetime()]),
  account: short.nullish(),
  context: short.nullish(),
  data: z.object({ object: named }).nullish(),
  related_object: named.nullish(),
});

/** What a webhook says, as far as we believe it: what happened to which object. How things stand is asked for anew. */
export type WebhookNotice = {
  readonly id: string;
  readonly type: string;
  readonly objectId: string | null;
  readonly account: string | null;
  readonly happenedAt: Date;
};

/** Reads a webhook's body; null when it is none. */
export function readWebhook(body: string): WebhookNotice | null {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return null;
  }
  const read = notice.safeParse(value);
  if (!read.success) return null;
  const { id, type, created, account, context, data, related_object } = read.data;
  return {
    id,
    type,
    objectId: data?.object.id ?? related_object?.id ?? null,
    account: account ?? context ?? null,
    happenedAt: new Date(typeof created === 'number' ? created * 1_000 : created),
  };
}

export type WebhookOutcome = 'handled' | 'notOurs' | 'ignored';

/** A webhook on its way to a handler. */
export type WaitingWebhook = {
  readonly id: string;
  readonly type: string;
  readonly objectId: string;
  readonly account: string | null;
  readonly attempts: number;
};
