import type { Socket } from 'node:net';
import { cut } from '#protocol/join.ts';
import type { LeasePermit } from '#protocol/lease.ts';
import type { GatewayLine, TunnelRefusal } from '#protocol/tunnel.ts';
import { dialBacks } from './dial-backs.ts';
import { type LeasePort, openLeasePort } from './lease-port.ts';
import { type Limits, sourceOf, tokenBuckets } from './limits.ts';
import type { Log } from './log.ts';
import { atInstant } from './timer.ts';

/** A control connection whose machine proved its key. */
export type Control = { readonly machineKey: string; readonly gone: boolean; send(line: GatewayLine): void };

type Carried = {
  readonly leaseId: string;
  port: LeasePort;
  /** Ports of earlier revisions whose streams still run. */
  earlierPorts: LeasePort[];
  /** Null while the agent is away: the port is closed then, streams that run go on. */
  control: Control | null;
  stopTimer: () => void;
};

export type CarrierOptions = {
  readonly host: string;
  readonly limits: Limits;
  readonly dialBackMs: number;
  readonly now: () => Date;
  readonly log: Log;
};

/**
 * The leases that this gateway carries. A lease has one port and one control connection; a later revision replaces an
 * earlier one and never the other way round; a port belongs to the lease whose permit was issued last; at the end of the
 * window the port closes and its streams are cut. All of it is memory: after a restart the agents show their permits again.
 */
export function leaseCarrier(options: CarrierOptions) {
  const { host, limits, log } = options;
  const carried = new Map<string, Carried>();
  const latest = new Map<string, { revision: number; forget: () => void }>();
  const portOwners = new Map<number, { leaseId: string; issuedAtMs: number }>();
  const renters = tokenBuckets(limits.renterBurst, limits.rentersPerSecond);
  const waiting = dialBacks(options.dialBackMs, (late) => log('agent did not dial back', { leaseId: late.leaseId }));
  let turn: Promise<unknown> = Promise.resolve();

  const meet = (leaseId: string, renter: Socket) => {
    const lease = carried.get(leaseId);
    const source = sourceOf(renter.remoteAddress);
    const refused =
      lease?.control == null
        ? 'agent is away'
        : !renters.take(`${leaseId} ${source}`, options.now().getTime())
          ? 'too many connections of one source'
          : lease.port.streams.size + waiting.countOf(leaseId) >= limits.streamsPerLease
            ? 'too many streams'
            : null;
    if (refused !== null) {
      log('renter refused', { leaseId, source, why: refused });
      return cut(renter);
    }
    lease?.control?.send({ kind: 'stream', leaseId, id: waiting.wait(renter, leaseId) });
  };

  const end = (lease: Carried, reason: TunnelRefusal) => {
    lease.stopTimer();
    carried.delete(lease.leaseId);
    waiting.cutLease(lease.leaseId);
    for (const port of [lease.port, ...lease.earlierPorts]) port.close();
    lease.control?.send({ kind: 'closed', leaseId: lease.leaseId, reason });
    log('lease closed', { leaseId: lease.leaseId, port: lease.port.port, reason });
  };

  const remember = (permit: LeasePermit) => {
    latest.get(permit.leaseId)?.forget();
    const forget = atInstant(Date.parse(permit.endsAt), options.now, () => latest.delete(permit.leaseId));
    latest.set(permit.leaseId, { revision: permit.revision, forget });
  };

  const refusalOf = (permit: LeasePermit, port: number): TunnelRefusal | null => {
    if (permit.revision < (latest.get(permit.leaseId)?.revision ?? 0)) return 'outdated';
    const owner = portOwners.get(port);
    if (owner === undefined || owner.leaseId === permit.leaseId) return null;
    return Date.parse(permit.issuedAt) > owner.issuedAtMs ? null : 'portTaken';
  };

  const openNow = async (control: Control, permit: LeasePermit, port: number): Promise<TunnelRefusal | null> => {
    const refusal = refusalOf(permit, port);
    if (refusal !== null) return refusal;
    const { leaseId, revision } = permit;
    for (const other of carried.values()) {
      if (other.port.port === port && other.leaseId !== leaseId) end(other, 'portTaken');
    }
    const before = carried.get(leaseId);
    let leasePort = before?.port.port === port && before.port.isListening() ? before.port : null;
    if (leasePort === null) {
      try {
        leasePort = await openLeasePort(host, port, (renter) => meet(leaseId, renter));
      } catch (cause) {
        log('port cannot be had', { leaseId, port, cause: String(cause) });
        return 'portBusy';
      }
      // Streams of the port before go on there until they or the window end.
      before?.port.stopListening();
    }
    if (before?.control != null && before.control !== control) {
      before.control.send({ kind: 'closed', leaseId, reason: 'superseded' });
    }
    before?.stopTimer();
    remember(permit);
    portOwners.set(port, { leaseId, issuedAtMs: Date.parse(permit.issuedAt) });
    const earlierPorts = before === undefined ? [] : [before.port, ...before.earlierPorts];
    const lease: Carried = {
      leaseId,
      port: leasePort,
      earlierPorts: earlierPorts.filter((earlier) => earlier !== leasePort && earlier.streams.size > 0),
      control: control.gone ? null : control,
      stopTimer: atInstant(Date.parse(permit.endsAt), options.now, () => end(lease, 'late')),
    };
    carried.set(leaseId, lease);
    if (control.gone) lease.port.stopListening();
    log('lease opened', { leaseId, revision, port });
    return null;
  };

  return {
    /** Opens the port of a permit that was judged good, or says why not. Requests are handled one after another. */
    open(control: Control, permit: LeasePermit, port: number): Promise<TunnelRefusal | null> {
      const result = turn.then(() => openNow(control, permit, port));
      turn = result.catch(() => undefined);
      return result;
    },
    /** Closes a lease at its agent's wish, streams included. */
    close(control: Control, leaseId: string): void {
      const lease = carried.get(leaseId);
      if (lease?.control === control) end(lease, 'asked');
    },
    /** The agent is away: its ports close, what waits is cut, streams that run go on. */
    leave(control: Control): void {
      for (const lease of carried.values()) {
        if (lease.control !== control) continue;
        lease.control = null;
        lease.port.stopListening();
        waiting.cutLease(lease.leaseId);
        log('agent away', { leaseId: lease.leaseId, port: lease.port.port });
      }
    },
    /** Joins an agent's connection to the renter that waits under this id. False when none does: used, late or invented. */
    dialBack(id: string, agent: Socket): boolean {
      const found = waiting.take(id);
      if (found === undefined) return false;
      const lease = carried.get(found.leaseId);
      if (lease === undefined) cut(found.renter);
      else lease.port.carry(found.renter, agent, limits.idleSeconds * 1_000);
      return lease !== undefined;
    },
    unreachable(control: Control, id: string): void {
      const leaseId = waiting.leaseOf(id);
      if (leaseId === undefined || carried.get(leaseId)?.control !== control) return;
      const found = waiting.take(id);
      if (found !== undefined) cut(found.renter);
    },
    leasesOf: (control: Control): number => {
      let found = 0;
      for (const lease of carried.values()) if (lease.control === control) found += 1;
      return found;
    },
    counts() {
      let streams = 0;
      for (const lease of carried.values()) {
        for (const port of [lease.port, ...lease.earlierPorts]) streams += port.streams.size;
      }
      return { leases: carried.size, streams, waiting: waiting.size() };
    },
    closeAll(): void {
      for (const { forget } of latest.values()) forget();
      for (const lease of carried.values()) {
        lease.stopTimer();
        waiting.cutLease(lease.leaseId);
        for (const port of [lease.port, ...lease.earlierPorts]) port.close();
      }
      carried.clear();
    },
  };
}
export type Carrier = ReturnType<typeof leaseCarrier>;
