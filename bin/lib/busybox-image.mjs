import { existsSync, readFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';

/** The image that needs no network: made on the machine, never pulled. */
export const BUSYBOX_IMAGE = 'sublet/busybox:latest';

/** One ustar header (POSIX.1-1988) with fixed times and owners, so that equal content gives equal bytes. */
function tarHeader(name, { mode, size = 0, type, link = '' }) {
  const header = Buffer.alloc(512);
  const octal = (value, offset, length) => header.write(value.toString(8).padStart(length - 1, '0'), offset);
  header.write(name, 0, 100);
  octal(mode, 100, 8);
  octal(0, 108, 8);
  octal(0, 116, 8);
  octal(size, 124, 12);
  octal(0, 136, 12);
  header.write('        ', 148);
  header.write(type, 156);
  header.write(link, 157, 100);
  header.write('ustar\u000000', 257);
  octal(
    header.reduce((sum, byte) => sum + byte, 0),
    148,
    7,
  );
  return header;
}

/** The names of a busybox's commands, read from its own table: it need not run here (another architecture). */
function appletNames(busybox) {
  const start = busybox.indexOf('[\0[[\0');
  if (start < 0) throw new Error('This busybox has no table of commands.');
  const names = [];
  for (let at = start; busybox[at] !== 0; ) {
    const end = busybox.indexOf(0, at);
    names.push(busybox.toString('latin1', at, end));
    at = end + 1;
  }
  return names.filter((name) => /^[a-z0-9._[\]+-]{1,40}$/i.test(name));
}

/** A root file system of one static busybox and its names in /bin, as a tar: no ssh, no /etc/passwd, no /tmp. */
export function busyboxImage(busybox) {
  const padding = Buffer.alloc((512 - (busybox.length % 512)) % 512);
  const parts = [
    tarHeader('bin/', { mode: 0o755, type: '5' }),
    tarHeader('bin/busybox', { mode: 0o755, size: busybox.length, type: '0' }),
    busybox,
    padding,
  ];
  for (const name of appletNames(busybox)) {
    if (name !== 'busybox') parts.push(tarHeader(`bin/${name}`, { mode: 0o777, type: '2', link: 'busybox' }));
  }
  return Buffer.concat([...parts, Buffer.alloc(1024)]);
}

function dockerAddress() {
  const host = process.env.DOCKER_HOST ?? 'unix:///var/run/docker.sock';
  if (host.startsWith('unix://')) return { socketPath: host.slice('unix://'.length) };
  const url = new URL(host.replace(/^tcp:/, 'http:'));
  return { host: url.hostname, port: url.port || 2375 };
}

function askDocker(method, path, body) {
  return new Promise((resolve, reject) => {
    const asked = request(
      { ...dockerAddress(), method, path, headers: { 'content-type': 'application/x-tar' } },
      (answer) => {
        const chunks = [];
        answer.on('data', (chunk) => chunks.push(chunk));
        answer.on('end', () => resolve({ status: answer.statusCode, text: Buffer.concat(chunks).toString('utf8') }));
        answer.on('error', reject);
      },
    );
    asked.on('error', reject);
    asked.end(body);
  });
}

/**
 * Makes the offline image on this machine's Docker Engine when it is missing, from the tools bundle or an installed static busybox.
 * Answers whether it had to be made; rejects with a sentence when it cannot be.
 * @param {{ toolsDirectory?: string, image?: string }} [options]
 */
export async function ensureBusyboxImage({ toolsDirectory, image = BUSYBOX_IMAGE } = {}) {
  const present = await askDocker('GET', `/images/${image}/json`).catch((error) => {
    throw new Error(`Docker Engine does not answer (${error.code ?? error.message}).`);
  });
  if (present.status === 200) return { made: false };
  const ready = toolsDirectory === undefined ? '' : join(toolsDirectory, 'share/busybox-image.tar');
  const tar = existsSync(ready) ? readFileSync(ready) : busyboxImage(readInstalledBusybox());
  const [repository, tag] = image.split(':');
  const changes = ['CMD ["/bin/sh"]', 'ENV PATH=/bin'].map((change) => `&changes=${encodeURIComponent(change)}`);
  const made = await askDocker(
    'POST',
    `/images/create?fromSrc=-&repo=${repository}&tag=${tag}${changes.join('')}`,
    tar,
  );
  if (made.status !== 200 || made.text.includes('"error"')) {
    throw new Error(`Docker Engine could not import the busybox image: ${made.text.trim().slice(0, 300)}`);
  }
  return { made: true };
}

function readInstalledBusybox() {
  for (const path of ['/bin/busybox', '/usr/bin/busybox']) {
    if (!existsSync(path)) continue;
    const bytes = readFileSync(path);
    // A dynamic busybox names its loader; it would not start in an image of its own.
    if (!bytes.includes('/ld-linux') && !bytes.includes('/ld-musl')) return bytes;
  }
  throw new Error('There is no static busybox here. Install the package "busybox-static".');
}
