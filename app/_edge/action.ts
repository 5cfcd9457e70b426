import { randomUUID } from 'node:crypto';
import { refresh } from 'next/cache';
import { redirect, unstable_rethrow } from 'next/navigation';
import type * as z from 'zod';
import type { FormAction, FormState } from '#components/ui/form-state.ts';
import type { Visitor } from '#lib/auth/visitor.ts';
import type { Actor } from '#lib/base/actor.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { isDatabaseAway } from '#lib/io/db.ts';
import { log } from '#lib/io/log.ts';
import { currentActor, currentVisitor } from './actor.ts';
import { fieldErrors, formInput, type Typed, typedValues } from './form.ts';
import { sitePath } from './next-path.ts';

/** What an action may answer: nothing, a sentence, or where to go (a path of this site). */
export type Answer =
  | string
  | undefined
  | {
      readonly message?: string;
      readonly redirectTo?: string;
      /** An address of the payment provider, from the provider itself: never from what somebody typed. */
      readonly leaveTo?: string;
      readonly refresh?: boolean;
      /** What is shown now and never again. */
      readonly shown?: Readonly<Record<string, string>>;
    };

// biome-ignore lint/suspicious/noConfusingVoidType: a handler that answers nothing is the common case
type Handler<Asker, Input> = (asker: Asker, input: Input, files: Files) => Promise<Answer | void>;

/** The file that a field of the form holds; null for none. */
export type Files = (field: string) => File | null;

/**
 * A form's action for somebody who is signed in: the session becomes an actor, the form becomes parsed input, and what the
 * handler refuses becomes sentences beside what was typed. What was not foreseen is logged and answered with a number to ask for.
 */
export function action<Schema extends z.ZodType>(
  schema: Schema,
  handler: Handler<Actor, z.output<Schema>>,
): FormAction {
  return (_before, form) =>
    answer(schema, form, async (input) => {
      const actor = await currentActor();
      if (actor === null) throw new Refusal('unauthenticated');
      return handler(actor, input, filesOf(form));
    });
}

/** The same for anybody, signed in or not. */
export function publicAction<Schema extends z.ZodType>(
  schema: Schema,
  handler: Handler<Visitor & { readonly actor: Actor | null }, z.output<Schema>>,
): FormAction {
  return (_before, form) =>
    answer(schema, form, async (input) =>
      handler({ ...(await currentVisitor()), actor: await currentActor() }, input, filesOf(form)),
    );
}

/** A field for a file that was left empty sends an empty one. */
function filesOf(form: FormData): Files {
  return (field) => {
    const value = form.get(field);
    return value instanceof File && value.size > 0 ? value : null;
  };
}

/** The name and the bytes of a file that a field holds. */
export async function fileIn(files: Files, field: string) {
  const file = files(field);
  return file === null ? null : { name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) };
}

async function answer<Schema extends z.ZodType>(
  schema: Schema,
  form: FormData,
  // biome-ignore lint/suspicious/noConfusingVoidType: as above
  work: (input: z.output<Schema>) => Promise<Answer | void>,
): Promise<FormState> {
  const input = formInput(form);
  const values = typedValues(input);
  let done: Answer;
  try {
    const parsed = await schema.safeParseAsync(input);
    if (!parsed.success) return wrongFields(parsed.error.issues, values);
    done = (await work(parsed.data)) ?? undefined;
  } catch (error) {
    unstable_rethrow(error);
    if (error instanceof Refusal) return refused(error, values);
    return isDatabaseAway(error) ? unreached(error, values) : failed(error, values);
  }
  const told: Exclude<Answer, string | undefined> = typeof done === 'string' ? { message: done } : (done ?? {});
  const { message, redirectTo, leaveTo, shown, refresh: again = true } = told;
  if (leaveTo !== undefined) redirect(leaveTo);
  if (redirectTo !== undefined) redirect(sitePath(redirectTo));
  if (again) refresh();
  return { ok: true, ...(message === undefined ? {} : { message }), ...(shown === undefined ? {} : { shown }) };
}

function wrongFields(issues: Parameters<typeof fieldErrors>[0], values: Typed): FormState {
  const errors = fieldErrors(issues);
  // An issue without a field would otherwise be silence.
  const message =
    Object.keys(errors).length === 0 ? (issues[0]?.message ?? new Refusal('badInput').sentence) : undefined;
  return { ok: false, errors, values, ...(message === undefined ? {} : { message }) };
}

function refused(refusal: Refusal, values: Typed): FormState {
  const { reason } = refusal;
  const { field } = refusal.detail;
  if (typeof field === 'string') return { ok: false, reason, errors: { [field]: refusal.sentence }, values };
  // A command that checked several fields names each with its own sentence.
  const errors = refusal.reason === 'badInput' ? sentences(refusal.detail) : {};
  if (Object.keys(errors).length > 0) return { ok: false, reason, errors, values };
  return { ok: false, reason, message: refusal.sentence, values };
}

function sentences(detail: Refusal['detail']): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(detail).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

function unreached(error: unknown, values: Typed): FormState {
  log.error({ err: error }, 'the database does not answer');
  return refused(new Refusal('unavailable'), values);
}

function failed(error: unknown, values: Typed): FormState {
  const requestId = randomUUID().slice(0, 8);
  log.error({ requestId, err: error }, 'an action failed');
  return {
    ok: false,
    message: 'Something went wrong on our side. What you typed is kept; try again in a moment.',
    values,
    requestId,
  };
}
