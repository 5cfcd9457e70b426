import * as z from 'zod';
import { readSshKey } from '#lib/auth/ssh-key.ts';
import type { Micros } from '#lib/base/money.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { readCommand } from './command-line.ts';
import { environmentProblem, parseEnvironment } from './environment.ts';
import { readImage } from './image.ts';
import { readSizes, type Sizes } from './sizes.ts';

const text = (most: number) => z.string().max(most, 'This is too long.').default('');

/** What the booking form sends. */
export const bookingForm = z.object({
  /** What the pressed button asks for. A form that is sent by the Enter key asks for the price. */
  intent: z.enum(['price', 'topUp', 'recap', 'book']).default('price'),
  listingId: z.string().min(1).max(100),
  idempotencyKey: z.string().max(200),
  gpus: text(100),
  disk: text(100),
  hours: text(100),
  cap: text(100),
  starts: text(100),
  zone: text(100),
  image: text(2_000),
  other: text(2_000),
  command: text(20_000),
  environment: text(200_000),
  name: text(1_000),
  publicKey: text(20_000),
  amount: text(100),
  topUpKey: text(200),
  /** The price that was shown, and what it was shown for. */
  seen: text(200),
  quoteId: text(100),
  quotedSizes: text(200),
});
export type BookingForm = z.output<typeof bookingForm>;

/** What is to be booked, as a person typed it and as it was read. */
export type BookWish = {
  readonly sizes: Sizes;
  readonly image: string;
  readonly name: string;
  readonly command: string[] | null;
  readonly environment: Record<string, string>;
};

/** Everything that can be checked without looking at the market; throws with a sentence at each field that is wrong. */
export function readBooking(input: BookingForm): BookWish {
  const read = readSizes(input);
  const image = input.image === 'other' ? input.other : input.image;
  const imageRead = readImage(image);
  const command = readCommand(input.command);
  const environment = parseEnvironment(input.environment);
  const wrong = 'environment' in environment ? environmentProblem(environment.environment) : environment.problem;
  const key = input.publicKey.trim() === '' ? null : readSshKey(input.publicKey);
  const problems = {
    ...('problems' in read ? read.problems : {}),
    ...('problem' in imageRead ? { [input.image === 'other' ? 'other' : 'image']: imageRead.problem } : {}),
    ...('problem' in command ? { command: command.problem } : {}),
    ...(wrong === null ? {} : { environment: wrong }),
    ...(key !== null && 'problem' in key ? { publicKey: key.problem } : {}),
  };
  if ('problems' in read || 'problem' in command || 'problem' in environment || Object.keys(problems).length > 0)
    throw new Refusal('badInput', problems);
  return {
    sizes: read.sizes,
    image,
    name: input.name,
    command: command.command === null ? null : [...command.command],
    environment: environment.environment,
  };
}

/** What was typed and is right, to be looked at once more. Secrets are not among it. */
export type Recap = {
  readonly image: string;
  /** Empty: it is taken from the image. */
  readonly name: string;
  readonly command: readonly string[] | null;
  /** The names of the environment's variables. */
  readonly variables: readonly string[];
  readonly capMicros: Micros | null;
  /** The typed SSH key is added to the account when it is booked. */
  readonly newKey: boolean;
};

/** What is looked at once more before it is booked: names of variables, never what they hold. */
export function recapOf({ image, name, command, environment, sizes }: BookWish, newKey: boolean): Recap {
  return {
    image: image.trim(),
    name: name.trim(),
    command,
    variables: Object.keys(environment),
    capMicros: sizes.capMicros,
    newKey,
  };
}
