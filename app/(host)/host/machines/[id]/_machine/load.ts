import { cache } from 'react';
import { requireActor } from '#app/_edge/actor.ts';
import { seen } from '#app/_edge/seen.ts';
import { theWorld } from '#lib/base/time.ts';
import { machineOf, type OwnMachine } from '#lib/catalogue/queries/machines.ts';

/** The machine that a page is about, read once for a request. What is not the viewer's is the page "not found". */
export const loadMachine = cache(
  async (id: string): Promise<OwnMachine> => seen(machineOf(await requireActor(), id, theWorld.now())),
);
