import { Refusal } from '#lib/base/refusal.ts';
import { db } from '#lib/io/db.ts';
import type { DesiredWorkload } from '#protocol/agent.ts';

/**
 * What should be on each of these machines, in their order: every rental that is not over on both sides. An ended one is named
 * until the machine said that it is gone.
 */
export async function desiredWorkloads(machineIds: readonly string[]): Promise<DesiredWorkload[][]> {
  const bookings = await db.booking.findMany({
    where: {
      machineId: { in: [...new Set(machineIds)] },
      lease: { isNot: null },
      NOT: { desired: 'ended', observed: 'ended' },
    },
    orderBy: { id: 'asc' },
    select: {
      machineId: true,
      desired: true,
      reason: true,
      endsAt: true,
      run: true,
      command: true,
      sealedEnvironment: true,
      lease: { select: { permit: true, signature: true } },
    },
  });
  const byMachine = Map.groupBy(bookings, ({ machineId }) => machineId);
  return machineIds.map((machineId) => (byMachine.get(machineId) ?? []).flatMap(workloadOf));
}

type Wanted = {
  readonly desired: string;
  readonly reason: string | null;
  readonly endsAt: Date;
  readonly run: number;
  readonly command: unknown;
  readonly sealedEnvironment: string | null;
  readonly lease: { readonly permit: string; readonly signature: string } | null;
};

function workloadOf({ lease, desired, reason, endsAt, run, command, sealedEnvironment }: Wanted): DesiredWorkload[] {
  if (lease === null) return [];
  return [
    {
      lease: { payload: lease.permit, signature: lease.signature },
      desired: desired as DesiredWorkload['desired'],
      run,
      command: command as string[] | null,
      sealedEnvironment,
      ...(reason === 'interrupted' && desired === 'running' ? { notice: { endsAt: endsAt.toISOString() } } : {}),
    },
  ];
}

/** Of which machine a connection speaks and its generation, or why it does not speak any more. */
export type Spoken = { readonly machineId: string; readonly generation: number } | Refusal;

/** The generation of the machine that each token speaks for, in their order. The refusals: `agentUnknown`, `sessionOver`. */
export async function generationsOf(tokenHashes: readonly string[]): Promise<Spoken[]> {
  const sessions = await db.agentSession.findMany({
    where: { tokenHash: { in: [...new Set(tokenHashes)] } },
    select: {
      tokenHash: true,
      supersededAt: true,
      machine: { select: { id: true, generation: true, retiredAt: true } },
    },
  });
  const byHash = new Map(sessions.map((session) => [session.tokenHash, session]));
  return tokenHashes.map((tokenHash) => {
    const session = byHash.get(tokenHash);
    if (session === undefined || session.machine.retiredAt !== null) return new Refusal('agentUnknown');
    if (session.supersededAt !== null) return new Refusal('sessionOver');
    return { machineId: session.machine.id, generation: session.machine.generation };
  });
}
