/** Who asks. Built once at the edge from a session row that was just checked, then handed to every command and query. */
export type Actor = {
  readonly userId: string;
  readonly sessionId: string;
  readonly role: 'member' | 'admin';
  readonly suspended: boolean;
  /** They asked that their account be deleted: they begin nothing new until they take it back. */
  readonly leaving?: boolean;
  /** This session passed the second step of signing in. What needs it refuses when this is missing. */
  readonly twoStep?: boolean;
  /** When somebody last proved in this session, by password or code, that it is they; missing or null: never. */
  readonly provenAt?: Date | null;
  /** A token that only looks: the door that takes it refuses everything but reading. */
  readonly readOnly?: boolean;
};

/** The market itself: sweeps and agents' reports act as it. Never built from a request. */
export const THE_MARKET = { userId: null, role: 'market' } as const;

export type MarketActor = typeof THE_MARKET;
export type AnyActor = Actor | MarketActor;

export function isAdmin(actor: AnyActor): boolean {
  return actor.role === 'admin';
}
