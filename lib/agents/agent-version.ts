import { AGENT_VERSION } from '#protocol/agent-version.ts';

/** `unknown`: it does not say a version that can be compared. */
export type AgentVersionState = 'current' | 'older' | 'newer' | 'unknown';

/** How an agent's version stands to the one that this market serves. */
export function agentVersionState(version: string, served: string = AGENT_VERSION): AgentVersionState {
  if (version === served) return 'current';
  const [theirs, ours] = [numbersOf(version), numbersOf(served)];
  if (theirs === null || ours === null) return 'unknown';
  const place = ours.findIndex((number, index) => number !== theirs[index]);
  if (place < 0) return 'current';
  return (theirs[place] ?? 0) < (ours[place] ?? 0) ? 'older' : 'newer';
}

function numbersOf(version: string): number[] | null {
  const match = /^(\d{1,6})\.(\d{1,6})\.(\d{1,6})/.exec(version);
  return match === null ? null : match.slice(1).map(Number);
}

/** The line that brings the agent of an enrolled machine up to date: the installer without a code. */
export function updateLine(publicUrl: string): string {
  return `curl -fsSL ${publicUrl}/install.sh | sudo sh`;
}
