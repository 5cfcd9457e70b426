/** Who looks at a page, as far as the shell shows it. */
export type Viewer = {
  readonly name: string;
  readonly role: 'member' | 'admin';
  readonly unreadNotices: number;
  /** Micro-dollars in the wallet, as a decimal string. */
  readonly balanceMicros: string;
};

/** The signed-in viewer, or null. */
export async function currentViewer(): Promise<Viewer | null> {
  return null;
}
