import { isIPv4, isIPv6 } from 'node:net';

/** How much a gateway takes from strangers before it hangs up. Counts, seconds where named. */
export const LIMITS = {
  /** Connections to the tunnel port that have not shown a valid permit or dial-back id yet. */
  unprovenPerSource: 256,
  unprovenTotal: 4_096,
  unprovenSeconds: 10,
  /** Wrong first lines, keys and permits of one source: this many at once, and this many more a second. */
  faultBurst: 60,
  faultsPerSecond: 1,
  /** New renter connections of one source to one lease, before ssh has let anybody in. */
  renterBurst: 128,
  rentersPerSecond: 8,
  streamsPerLease: 256,
  /** sshd speaks every 30 s to a live client, so a stream that is silent this long belongs to nobody. */
  idleSeconds: 1_800,
  /** A control connection that carries no lease this long is closed. */
  emptyControlSeconds: 30,
} as const;
export type Limits = { readonly [Name in keyof typeof LIMITS]: number };

/** Who a connection counts as: the address, and for IPv6 its /64, because one person has that many addresses. */
export function sourceOf(address: string | undefined): string {
  const text = (address ?? '').replace(/^::ffff:(?=\d+\.)/, '').replace(/%.*$/, '');
  if (isIPv4(text) || !isIPv6(text)) return text;
  const [head = '', tail] = text.split('::');
  const groups = head === '' ? [] : head.split(':');
  if (tail !== undefined) {
    const after = tail === '' ? [] : tail.split(':');
    while (groups.length + after.length < 8) groups.push('0');
    groups.push(...after);
  }
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`;
}

/** Token buckets by name: `take` says whether one more is allowed at `nowMs`. Full buckets are forgotten, so memory is bounded by recent names. */
export function tokenBuckets(burst: number, perSecond: number) {
  const buckets = new Map<string, { tokens: number; atMs: number }>();
  const level = (name: string, nowMs: number): number => {
    const bucket = buckets.get(name);
    if (bucket === undefined) return burst;
    return Math.min(burst, bucket.tokens + (Math.max(0, nowMs - bucket.atMs) / 1_000) * perSecond);
  };
  const prune = (nowMs: number) => {
    for (const name of buckets.keys()) if (level(name, nowMs) >= burst) buckets.delete(name);
  };
  return {
    take(name: string, nowMs: number): boolean {
      const tokens = level(name, nowMs);
      if (tokens < 1) return false;
      if (buckets.size >= 10_000 && !buckets.has(name)) prune(nowMs);
      buckets.set(name, { tokens: tokens - 1, atMs: nowMs });
      return true;
    },
    isEmpty: (name: string, nowMs: number): boolean => level(name, nowMs) < 1,
    size: () => buckets.size,
  };
}
export type TokenBuckets = ReturnType<typeof tokenBuckets>;
