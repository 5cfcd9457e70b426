/** Who asks. Built once at the edge from a session row that was just checked, then handed to every command and query. */
export type Actor = {
  readonly userId: string;
  readonly sessionId: string;
  readonly role: 'member' | 'admin';
  readonly suspended: boolean;
};

/** The market itself: sweeps and agents' reports act as it. Never built from a request. */
export const THE_MARKET = { userId: null, role: 'market' } as const;

export type MarketActor = typeof THE_MARKET;
export type AnyActor = Actor | MarketActor;

export function isAdmin(actor: AnyActor): boolean {
  return actor.role === 'admin';
}
