import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const IMAGE = `sublet-test/bare-host:${process.pid}`;

/** Stands in for systemd: notes what it is told, and runs the service's program on "restart". */
const SYSTEMCTL = `#!/bin/sh
echo "$*" >>/var/log/systemctl
case $1 in
restart) start=$(sed -n 's/^ExecStart=//p' /etc/systemd/system/sublet-agent.service)
  $start >/var/log/agent 2>&1 &
  echo $! >/run/agent.pid ;;
disable) kill "$(cat /run/agent.pid)" && while kill -0 "$(cat /run/agent.pid)" 2>/dev/null; do sleep 1; done ;;
esac
`;

/** A folder with the names of busybox's programs in it, and none else. */
export function busyboxPrograms(folder: string): void {
  mkdirSync(folder, { recursive: true });
  for (const name of execFileSync('busybox', ['--list'], { encoding: 'utf8' }).trim().split('\n')) {
    symlinkSync('/bin/busybox', join(folder, name));
  }
}

/**
 * An image of the barest Linux that a host may have: busybox, glibc and what Node.js links to; no curl, no Node.js, and
 * `systemctl` a stand-in. Returns how to run a script in it on this machine's network, and how to remove it.
 */
export function bareHost(nodeProgram: string) {
  const folder = mkdtempSync(join(tmpdir(), 'bare-host-'));
  const root = join(folder, 'root');
  const put = (from: string, to = from) => {
    mkdirSync(dirname(join(root, to)), { recursive: true });
    copyFileSync(from, join(root, to));
  };
  busyboxPrograms(join(root, 'bin'));
  rmSync(join(root, 'bin/busybox'), { force: true });
  put(execFileSync('sh', ['-c', 'readlink -f "$(command -v busybox)"'], { encoding: 'utf8' }).trim(), '/bin/busybox');
  const links = execFileSync('ldd', [nodeProgram], { encoding: 'utf8' });
  for (const [, path] of links.matchAll(/(?:=> |\t)(\/\S+) \(/g)) if (path !== undefined) put(path);
  for (const name of ['tmp', 'var/log', 'run/systemd/system', 'etc', 'usr/bin', 'root'])
    mkdirSync(join(root, name), { recursive: true });
  writeFileSync(join(root, 'usr/bin/systemctl'), SYSTEMCTL);
  chmodSync(join(root, 'usr/bin/systemctl'), 0o755);
  writeFileSync(join(root, 'etc/os-release'), 'PRETTY_NAME="Bare Linux 1"\n');
  chmodSync(join(root, 'tmp'), 0o1777);
  execFileSync('sh', ['-c', 'tar -C "$1" -c . | docker import - "$2"', 'sh', root, IMAGE], { stdio: 'ignore' });
  rmSync(folder, { recursive: true });
  return {
    run: (script: string) =>
      spawnSync('docker', ['run', '--rm', '-i', '--network', 'host', IMAGE, '/bin/sh', '-s'], {
        input: script,
        encoding: 'utf8',
      }),
    runLater: (script: string) => ['run', '--rm', '--network', 'host', IMAGE, '/bin/sh', '-c', script],
    remove: () => void spawnSync('docker', ['rmi', '-f', IMAGE], { stdio: 'ignore' }),
  };
}
