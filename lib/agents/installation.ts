/** What a market may serve to machines that install its agent: the agent, Node.js, and the ssh tools. Nothing else of that folder is served. */
const SERVED = /^(agent\.mjs|node-linux-(x64|arm64)\.gz|tools-(x64|arm64)\.tar\.gz)$/;

export type ServedFile = { readonly name: string; readonly bytes: number; readonly sha256: string };

export function isServed(name: string): boolean {
  return SERVED.test(name);
}

// The installer is a shell program: an address of other characters could end the quotes that it stands in.
const PLAIN_ADDRESS = /^https?:\/\/[A-Za-z0-9.:[\]_~%/-]+$/;

/** The installer of one market, from its template. Throws for an address that no shell program should contain. */
export function fillInstaller(template: string, publicUrl: string, files: readonly ServedFile[]): string {
  if (!PLAIN_ADDRESS.test(publicUrl))
    throw new Error('SUBLET_PUBLIC_URL has characters that the installer cannot carry.');
  const sums = files.filter(({ name }) => isServed(name)).map(({ name, sha256 }) => `${sha256} ${name}`);
  return template.replaceAll('@MARKET@', publicUrl).replace('@SUMS@', () => sums.join('\n'));
}
