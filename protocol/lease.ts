import * as z from 'zod/mini';
import { MOST_CLIENT_KEYS } from './countersignature.ts';
import { base64url, count, decimal, instant, version, word } from './words.ts';

/** A gateway that carries this lease: where the agent dials, and the address that the renter's ssh uses. */
export const leaseGateway = z.object({
  name: word,
  /** `tcp://host:port` or `tls://host:port`: where agents dial in. */
  tunnelUrl: z.string().check(z.regex(/^(tcp|tls):\/\/[^/\s]+:\d+$/)),
  publicHost: word,
  port: z.int().check(z.gte(1), z.lte(65_535)),
});
export type LeaseGateway = z.infer<typeof leaseGateway>;

/**
 * A signed permit: everything an agent needs to run a rental, and a gateway to carry it, without asking anybody.
 * A later revision of the same lease replaces an earlier one; neither agent nor gateway goes back.
 */
export const leasePermit = z.object({
  v: version,
  leaseId: word,
  revision: count,
  bookingId: word,
  machineId: word,
  /** The machine's raw Ed25519 key: a gateway opens the port only for who holds its private half, not for who saw a permit. */
  machineKey: base64url,
  gpuUuids: z.array(word).check(z.maxLength(64)),
  image: z.string().check(z.maxLength(500)),
  /** The renter's public keys, each a line of authorized_keys without options. */
  authorizedKeys: z.array(z.string().check(z.maxLength(8_192))).check(z.maxLength(50)),
  /**
   * The renter's client keys (raw Ed25519) when this revision was signed: by one of them a statement may be countersigned.
   * Permits from before there were such keys name none.
   */
  clientKeys: z.optional(z.array(base64url).check(z.maxLength(MOST_CLIENT_KEYS))),
  startsAt: instant,
  /** The GPU goes back at this instant, whatever else happens. */
  endsAt: instant,
  priceMicrosPerGpuHour: decimal,
  diskPriceMicrosPerGibMonth: decimal,
  diskBytes: decimal,
  /** GPU and disk together never cost more than this under this revision; the agent stops at it by itself. */
  ceilingMicros: decimal,
  /**
   * True for what runs a command to its end: it is usable, and billed, from when it runs, also where no shell or way in
   * opens, and may end before one does. Left out for what a renter connects to.
   */
  untilExit: z.optional(z.boolean()),
  limits: z.object({ cpuMillis: count, memoryBytes: decimal, pids: count }),
  gateways: z.array(leaseGateway).check(z.maxLength(8)),
  issuedAt: instant,
});
export type LeasePermit = z.infer<typeof leasePermit>;
