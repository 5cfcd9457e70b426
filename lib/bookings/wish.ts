import type { Micros } from '#lib/base/money.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { environmentProblem } from './environment.ts';
import { BOOKING_NAME_MAX, bookingNameProblem, commandProblem, isPrivateRegistry, readImage } from './image.ts';
import { type BookListingInput, idempotencyKey } from './schema.ts';

/** What a renter wants to book, checked as far as it can be without looking at the market. */
export type Wish = {
  readonly quoteId: string;
  readonly idempotencyKey: string;
  readonly image: string;
  readonly name: string;
  readonly command: readonly string[] | null;
  readonly environment: Readonly<Record<string, string>>;
  readonly capMicros: Micros | null;
};

/**
 * Checks name, image, command, environment and key of a booking. A name that was left out is made from the image.
 * Throws the refusal: `imageInvalid`, or `badInput` with a sentence a field.
 */
export function readWish(input: BookListingInput, market: { readonly privateRegistries: boolean }): Wish {
  const image = readImage(input.image);
  if ('problem' in image) throw new Refusal('imageInvalid', { field: 'image' }, image.problem);
  if (!market.privateRegistries && isPrivateRegistry(image))
    throw new Refusal(
      'imageInvalid',
      { field: 'image' },
      "The registry of this image has an address of a private network: it would be the host's. Use a public one.",
    );
  const name = input.name?.trim() || nameFrom(image.path);
  const key = idempotencyKey.safeParse(input.idempotencyKey);
  const problems = {
    name: bookingNameProblem(name),
    command: commandProblem(input.command),
    environment: environmentProblem(input.environment),
    capMicros: input.capMicros !== null && input.capMicros <= 0n ? 'A cap is more than $0.' : null,
    idempotencyKey: key.success ? null : (key.error.issues[0]?.message ?? 'This is no idempotency key.'),
  };
  const found = Object.entries(problems).filter((entry): entry is [string, string] => entry[1] !== null);
  if (found.length > 0) throw new Refusal('badInput', Object.fromEntries(found));
  return { ...input, image: image.text, name };
}

function nameFrom(path: string): string {
  return [...(path.split('/').at(-1) ?? path)].slice(0, BOOKING_NAME_MAX).join('');
}
