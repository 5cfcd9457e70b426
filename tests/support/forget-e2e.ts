import { rmSync } from 'node:fs';

/** Throws away the data folder of the browser tests, after the product has ended. */
export default function forget(): void {
  const folder = process.env.SUBLET_E2E_DIR;
  if (folder?.includes('sublet-e2e-')) process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
}
