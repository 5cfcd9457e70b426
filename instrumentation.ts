/** Next calls this once per process, before the first request. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== 'nodejs') return;
  const { tellPeers } = await import('./app/_edge/peer.ts');
  const { terminalDoor } = await import('./app/_edge/terminal-door.ts');
  const { sessionCookieName, sessionSecret } = await import('./app/_edge/session-secret.ts');
  const { takeAgents } = await import('./doors/agent/take-agents.ts');
  // Next ends the server at these signals; who is connected for long must let go of it.
  const closing = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => closing.abort());
  tellPeers(
    terminalDoor({ cookieName: sessionCookieName, secret: sessionSecret }),
    // While one develops Next mounts that door as well, and loads it anew when it is changed.
    process.env.NODE_ENV === 'production' ? takeAgents(closing.signal) : undefined,
  );
  const { env } = await import('./lib/io/env.ts');
  if (!env().agentsApart) {
    const { startDoorBeat } = await import('./doors/agent/beat.ts');
    startDoorBeat();
  }
  const { startListingIndex } = await import('./lib/catalogue/index/live-index.ts');
  startListingIndex();
}
