'use server';

import * as z from 'zod';
import { action } from '#app/_edge/action.ts';
import { cancelSeveral } from '#lib/jobs/cancel-several.errand.ts';
import { cancelSeveralInput } from '#lib/jobs/schema.ts';

export const cancelChosen = action(z.object({ ids: cancelSeveralInput.shape.arrayIds }), async (actor, { ids }) => {
  const results = await cancelSeveral(actor, { arrayIds: ids });
  return {
    shown: Object.fromEntries(
      results.map(({ id, done, sentence }) => [id, `${done ? 'done' : 'refused'}: ${sentence}`]),
    ),
  };
});
