'use server';

import * as z from 'zod';
import { action } from '#app/_edge/action.ts';
import { changeSeveral } from '#lib/bookings/change-several.errand.ts';
import { severalInput } from '#lib/bookings/schema.ts';

const form = z.object({ verb: severalInput.shape.verb, ids: severalInput.shape.bookingIds });

export const changeChosen = action(form, async (actor, { verb, ids }) => {
  const results = await changeSeveral(actor, { verb, bookingIds: ids });
  return {
    shown: Object.fromEntries(
      results.map(({ id, done, sentence }) => [id, `${done ? 'done' : 'refused'}: ${sentence}`]),
    ),
  };
});
