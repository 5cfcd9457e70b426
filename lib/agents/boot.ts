/** A start of an agent under an identity. An agent that reconnects keeps its boot; one that restarts gets a new one. */
export type Boot = {
  readonly bootId: string;
  /** When it first connected. */
  readonly firstAt: Date;
  /** Whether it holds the connection now. */
  readonly present: boolean;
};

export type BootJudgement =
  /** First connection, reconnection or restart: what was before is superseded. */
  | { readonly kind: 'connect' }
  /** Two agents live with one identity. The one that came first keeps it, because the other made the copy. */
  | { readonly kind: 'copied'; readonly keeps: boolean }
  /** An answer to a challenge from before the present connection: late, not alive. Asking anew tells. */
  | { readonly kind: 'late' };

/**
 * A restarted agent never uses its old boot again. So a boot that was superseded by another and comes back is alive beside
 * it: one identity on two machines (or twice on one). `challengedAt` is when the one that connects was given its nonce.
 */
export function judgeBoot(
  boots: readonly Boot[],
  bootId: string,
  challengedAt: Date,
  presentSince: Date | null,
): BootJudgement {
  const known = boots.find((boot) => boot.bootId === bootId);
  const present = boots.find((boot) => boot.present);
  if (known === undefined || present === undefined || present.bootId === bootId) return { kind: 'connect' };
  if (presentSince !== null && challengedAt.getTime() < presentSince.getTime()) return { kind: 'late' };
  return { kind: 'copied', keeps: known.firstAt.getTime() < present.firstAt.getTime() };
}
