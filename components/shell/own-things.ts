import * as z from 'zod/mini';

/** Something of the viewer's own, by its name. */
export type OwnThing = { readonly href: string; readonly label: string; readonly words: string };

const bookings = z.object({
  rows: z.array(
    z.object({ id: z.string(), name: z.string(), gpuModel: z.string(), machine: z.object({ name: z.string() }) }),
  ),
});
const machines = z.object({ rows: z.array(z.object({ id: z.string(), name: z.string() })) });

async function rowsOf<T>(path: string, answer: z.ZodMiniType<{ rows: T[] }>, signal: AbortSignal): Promise<T[]> {
  const reply = await fetch(path, { signal, headers: { accept: 'application/json' } });
  return reply.ok ? answer.parse(await reply.json()).rows : [];
}

/** The viewer's current rentals and machines, as the API tells them. */
export async function ownThings(signal: AbortSignal): Promise<OwnThing[]> {
  const [rentals, hosted] = await Promise.all([
    rowsOf('/api/v1/bookings?state=live', bookings, signal),
    rowsOf('/api/v1/machines', machines, signal),
  ]);
  return [
    ...rentals.map(({ id, name, gpuModel, machine }) => ({
      href: `/bookings/${id}`,
      label: name,
      words: `booking ${gpuModel} ${machine.name} ${id}`,
    })),
    ...hosted.map(({ id, name }) => ({ href: `/host/machines/${id}`, label: name, words: `machine host ${id}` })),
  ];
}
