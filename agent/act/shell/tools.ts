import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { WorkloadFailure } from '../runtime.ts';

/** Where the tools lie inside every container, and where the files of its lease do. */
export const TOOLS_MOUNT = '/.tools';
export const LEASE_MOUNT = '/.lease';
/** The port that sshd listens on inside the container; nothing publishes it. */
export const SSH_PORT = 49_022;

/** One version of the tools bundle: OpenSSH with its own loader and libraries, busybox and rsync (made by bin/build-tools.mjs). */
export type Tools = {
  directory: string;
  version: string;
  /** OpenSSH since 9.8 has a program per session, since 10.0 one more for authentication; older ones do not know the settings. */
  sessionProgram: boolean;
  authProgram: boolean;
};

/** Reads a bundle's manifest; a bundle that is missing or broken is a `shellFailed` with the way to mend it. */
export function readTools(directory: string): Tools {
  try {
    const manifest = JSON.parse(readFileSync(join(directory, 'manifest.json'), 'utf8'));
    return {
      directory,
      version: String(manifest.version),
      sessionProgram: manifest.openssh.sessionProgram === true,
      authProgram: manifest.openssh.authProgram === true,
    };
  } catch (cause) {
    const detail = 'The ssh tools of this machine are missing. The host can restore them by restarting the agent.';
    throw new WorkloadFailure('shellFailed', detail, cause);
  }
}

/** What sshd needs in its environment: the accounts of the lease, and nothing of the image's for the loader. */
export const SSHD_ENVIRONMENT = [
  'LD_PRELOAD=',
  'LD_LIBRARY_PATH=',
  `NSS_WRAPPER_PASSWD=${LEASE_MOUNT}/passwd`,
  `NSS_WRAPPER_GROUP=${LEASE_MOUNT}/group`,
  `NSS_WRAPPER_SHADOW=${LEASE_MOUNT}/shadow`,
];

/** sshd as a listener, which stays in the foreground and says on stderr when it listens. */
export const SSHD_LISTEN = [`${TOOLS_MOUNT}/bin/sshd`, '-D', '-e', '-f', `${LEASE_MOUNT}/sshd_config`];
/** sshd for one connection on its stdin and stdout: for a container that has no network path from here. */
export const SSHD_INLINE = [`${TOOLS_MOUNT}/bin/sshd`, '-i', '-e', '-f', `${LEASE_MOUNT}/sshd_config`];
