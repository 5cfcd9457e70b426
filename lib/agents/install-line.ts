/** The one line that a host pastes: it fetches the installer from this market and enrols the machine with a one-time code. */
export function installLine(publicUrl: string, code: string): string {
  return `curl -fsSL ${publicUrl}/install.sh | sudo sh -s -- ${code}`;
}
