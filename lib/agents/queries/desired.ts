import { hashOfSecret } from '#lib/auth/secret.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { db } from '#lib/io/db.ts';
import type { DesiredWorkload } from '#protocol/agent.ts';

/**
 * What should be on a machine: every rental that is not over on both sides. An ended one is named until the machine said
 * that it is gone.
 */
export async function desiredWorkloads(machineId: string): Promise<DesiredWorkload[]> {
  const bookings = await db.booking.findMany({
    where: { machineId, lease: { isNot: null }, NOT: { desired: 'ended', observed: 'ended' } },
    orderBy: { id: 'asc' },
    select: {
      desired: true,
      reason: true,
      endsAt: true,
      run: true,
      command: true,
      sealedEnvironment: true,
      lease: { select: { permit: true, signature: true } },
    },
  });
  return bookings.flatMap(({ lease, desired, reason, endsAt, run, command, sealedEnvironment }) =>
    lease === null
      ? []
      : [
          {
            lease: { payload: lease.permit, signature: lease.signature },
            desired: desired as DesiredWorkload['desired'],
            run,
            command: command as string[] | null,
            sealedEnvironment,
            ...(reason === 'interrupted' && desired === 'running' ? { notice: { endsAt: endsAt.toISOString() } } : {}),
          },
        ],
  );
}

/** The generation of the machine that this token speaks for. Refuses: `agentUnknown`, `sessionOver`. */
export async function generationFor(token: string): Promise<{ machineId: string; generation: number }> {
  const session = await db.agentSession.findUnique({
    where: { tokenHash: hashOfSecret(token) },
    select: { supersededAt: true, machine: { select: { id: true, generation: true, retiredAt: true } } },
  });
  if (session === null || session.machine.retiredAt !== null) throw new Refusal('agentUnknown');
  if (session.supersededAt !== null) throw new Refusal('sessionOver');
  return { machineId: session.machine.id, generation: session.machine.generation };
}
