'use server';

import * as z from 'zod';
import { type Answer, action } from '#app/_edge/action.ts';
import { atFields } from '#app/_edge/fields.ts';
import type { FormState } from '#components/ui/form-state.ts';
import { addSshKey } from '#lib/auth/add-ssh-key.ts';
import type { Actor } from '#lib/base/actor.ts';
import { pack } from '#lib/base/pack.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { theWorld } from '#lib/base/time.ts';
import { readCommand } from '#lib/bookings/command-line.ts';
import { makeStandingRequest } from '#lib/bookings/make-standing-request.ts';
import { previewStanding } from '#lib/bookings/queries/standing-requests.ts';
import type { StandingReport } from '#lib/bookings/standing-fit.ts';
import { STANDING_MODES } from '#lib/bookings/standing-request.ts';
import { readStandingTyped, STANDING_FIELDS, type StandingTyped, TYPED_FIELDS } from '#lib/bookings/standing-typed.ts';
import type { RequestFormState } from './request-state.ts';

const text = (most: number) => z.string().max(most, 'This is too long.').default('');

const typed = Object.fromEntries(TYPED_FIELDS.map((field) => [field, text(2_000)])) as Record<
  (typeof TYPED_FIELDS)[number],
  ReturnType<typeof text>
>;
const fields = z.object({
  ...typed,
  /** What the pressed button asks for. A form that is sent by the Enter key looks first. */
  intent: z.enum(['look', 'make']).default('look'),
  idempotencyKey: z.string().max(200),
  mode: z.enum(STANDING_MODES, 'Choose one of the three.'),
  image: text(2_000),
  name: text(1_000),
  command: text(20_000),
  publicKey: text(20_000),
});
type Form = z.output<typeof fields>;

/** Makes the request, or says how it would stand in the market, as the pressed button says; everything typed is kept. */
export async function request(before: FormState, form: FormData): Promise<RequestFormState> {
  let report: StandingReport | undefined;
  const state = await action(fields, async (actor, input): Promise<Answer> => {
    const wish = readWish(input);
    if (input.intent === 'look') {
      report = await atFields(STANDING_FIELDS, previewStanding(actor, wish, theWorld.now()));
      return { refresh: false };
    }
    return { redirectTo: `/requests/${await make(actor, input, wish)}` };
  })(before, form);
  const values = Object.fromEntries(
    Object.keys(fields.shape).map((name) => {
      const value = form.get(name);
      return [name, typeof value === 'string' ? value : ''];
    }),
  );
  return { ...state, values, told: pack({ report }) };
}

function readWish(input: StandingTyped) {
  const read = readStandingTyped(input);
  if ('problems' in read) throw new Refusal('badInput', read.problems);
  return read.wish;
}

async function make(actor: Actor, input: Form, wish: ReturnType<typeof readWish>): Promise<string> {
  const command = readCommand(input.command);
  if ('problem' in command) throw new Refusal('badInput', { command: command.problem });
  if (input.publicKey.trim() !== '') await addKey(actor, input.publicKey);
  const { mode, image, name, idempotencyKey } = input;
  const words = command.command === null ? null : [...command.command];
  const made = makeStandingRequest(actor, { ...wish, mode, image, name, command: words, idempotencyKey });
  try {
    return (await atFields(STANDING_FIELDS, made)).requestId;
  } catch (error) {
    if (error instanceof Refusal && error.reason === 'keyNeeded')
      throw new Refusal('keyNeeded', { field: 'publicKey' }, error.sentence);
    throw error;
  }
}

async function addKey(actor: Actor, publicKey: string): Promise<void> {
  try {
    await addSshKey(actor, { publicKey });
  } catch (error) {
    // Added by an attempt before this one.
    if (!(error instanceof Refusal) || error.reason !== 'keyTaken') throw error;
  }
}
