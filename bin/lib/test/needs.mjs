import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const CHROMIUM_PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** The browser of the tests: CHROMIUM, or where systems put it. */
export function chromiumPath() {
  return [process.env.CHROMIUM, ...CHROMIUM_PLACES].find(
    (path) => path !== undefined && path !== '' && existsSync(path),
  );
}

/** How this machine calls Docker Compose, the plug-in or the program; undefined when it has neither. */
export function composeCommand() {
  return [['docker', 'compose'], ['docker-compose']].find(([program, ...first]) =>
    answers(program, [...first, 'version']),
  );
}

function answers(program, args) {
  return spawnSync(program, args, { stdio: 'ignore', timeout: 15_000 }).status === 0;
}

/** How a program is run without any network interface: by root, or by anybody where that is allowed; undefined where neither is. */
export function aloneCommand() {
  return [
    ['unshare', '-n'],
    ['unshare', '-rn'],
  ].find(([program, ...options]) => answers(program, [...options, 'true']));
}

/** What tests may need that a machine can lack: how to see whether it is there, and how to get it. */
export const NEEDS = {
  docker: {
    there: () => answers('docker', ['info']),
    title: 'a Docker Engine that answers you',
    get: 'sudo apt-get install docker.io, start it, and join the group docker (or run as root)',
  },
  registry: {
    there: () => existsSync('/usr/bin/docker-registry'),
    title: 'a registry on this machine',
    get: 'sudo apt-get install docker-registry',
  },
  chromium: {
    there: () => chromiumPath() !== undefined,
    title: 'Chromium',
    get: 'sudo apt-get install chromium, or set CHROMIUM to the path of one',
  },
  ssh: {
    there: () => answers('ssh', ['-V']) && answers('sh', ['-c', 'command -v sftp scp ssh-keygen']),
    title: 'the OpenSSH client',
    get: 'sudo apt-get install openssh-client',
  },
  compose: {
    there: () => composeCommand() !== undefined,
    title: 'Docker Compose',
    get: 'sudo apt-get install docker-compose',
  },
  namespaces: {
    there: () => aloneCommand() !== undefined,
    title: 'network namespaces',
    get: 'run the tests as root, or where users may make namespaces (package util-linux)',
  },
  root: {
    there: () => process.getuid() === 0,
    title: 'root, for network namespaces and users of containers',
    get: 'run the tests as root, on a machine that may be messed up',
  },
};

/** Of the named needs, those that this machine lacks. */
export function missingNeeds(names = Object.keys(NEEDS)) {
  return names.filter((name) => !NEEDS[name].there());
}
