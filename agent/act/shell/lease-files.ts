import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { WorkloadFailure } from '../runtime.ts';
import type { AccountFiles } from './accounts.ts';
import { authorizedKeysFile, profileScript, sshdConfiguration } from './configuration.ts';
import { newHostKey } from './host-key.ts';
import type { Tools } from './tools.ts';

/** Who owns files that a container's root must read: another user where Docker remaps users. */
export type Owner = { uid: number; gid: number } | null;

export type ShellFiles = {
  tools: Tools;
  accounts: AccountFiles;
  environment: Record<string, string>;
  authorizedKeys: string[];
};

/**
 * The files of leases, one folder each below `folder`: `ssh/` is what the container sees, read-only; beside it lies what only the agent reads.
 * Every file is replaced by a rename inside its folder, so that a reader sees the old one or the new one.
 */
export function leaseFiles(folder: string, owner: Owner) {
  const place = (leaseId: string) => {
    if (!/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/.test(leaseId)) {
      throw new WorkloadFailure('leaseInvalid', 'The name of this lease cannot be one.');
    }
    return join(folder, leaseId);
  };
  const ssh = (leaseId: string) => join(place(leaseId), 'ssh');

  function write(path: string, content: string, mode: number): void {
    const arriving = `${path}.arriving`;
    writeFileSync(arriving, content, { mode });
    chmodSync(arriving, mode);
    if (owner !== null) chownSync(arriving, owner.uid, owner.gid);
    renameSync(arriving, path);
  }

  function read(path: string): string | null {
    return existsSync(path) ? readFileSync(path, 'utf8') : null;
  }

  return {
    /** The folder that is mounted into the container; made with a host key of its own when it is not there. */
    prepare(leaseId: string): { mountSource: string; hostKey: string } {
      mkdirSync(place(leaseId), { recursive: true, mode: 0o700 });
      mkdirSync(ssh(leaseId), { recursive: true });
      chmodSync(ssh(leaseId), 0o755);
      if (owner !== null) chownSync(ssh(leaseId), owner.uid, owner.gid);
      const publicPath = join(place(leaseId), 'host_key.pub');
      const known = read(publicPath);
      if (known !== null && existsSync(join(ssh(leaseId), 'host_key'))) {
        return { mountSource: ssh(leaseId), hostKey: known.trim() };
      }
      const { privateFile, publicLine } = newHostKey();
      write(join(ssh(leaseId), 'host_key'), privateFile, 0o600);
      write(publicPath, `${publicLine}\n`, 0o644);
      return { mountSource: ssh(leaseId), hostKey: publicLine };
    },

    hostKey: (leaseId: string) => read(join(place(leaseId), 'host_key.pub'))?.trim() ?? null,

    writeShell(leaseId: string, files: ShellFiles): void {
      const at = (name: string) => join(ssh(leaseId), name);
      write(at('passwd'), files.accounts.passwd, 0o644);
      write(at('group'), files.accounts.group, 0o644);
      write(at('shadow'), files.accounts.shadow, 0o600);
      write(at('sshd_config'), sshdConfiguration(files.tools, files.environment), 0o600);
      write(at('profile.sh'), profileScript(files.environment), 0o644);
      write(at('authorized_keys'), authorizedKeysFile(files.authorizedKeys), 0o644);
      rmSync(at('notice.json'), { force: true });
    },

    /** That the lease's workload will be stopped: `/.lease/notice.json` inside the container, until it is started again; null takes it away. */
    writeNotice(leaseId: string, endsAt: Date | null): void {
      if (!existsSync(ssh(leaseId))) return;
      if (endsAt === null) {
        rmSync(join(ssh(leaseId), 'notice.json'), { force: true });
        return;
      }
      write(join(ssh(leaseId), 'notice.json'), `${JSON.stringify({ endsAt: endsAt.toISOString() })}\n`, 0o644);
    },

    writeKeys(leaseId: string, authorizedKeys: string[]): void {
      if (!existsSync(ssh(leaseId))) return;
      write(join(ssh(leaseId), 'authorized_keys'), authorizedKeysFile(authorizedKeys), 0o644);
    },

    /** What the agent remembers of a lease; null when there is nothing, or nothing that can be read. */
    readNote(leaseId: string, name: string): unknown {
      const text = read(join(place(leaseId), `${name}.json`));
      if (text === null) return null;
      try {
        return JSON.parse(text);
      } catch {
        return null;
      }
    },

    /** A note of a lease whose files are gone is not kept. */
    writeNote(leaseId: string, name: string, value: unknown): void {
      if (!existsSync(place(leaseId))) return;
      const path = join(place(leaseId), `${name}.json`);
      writeFileSync(`${path}.arriving`, JSON.stringify(value), { mode: 0o600 });
      renameSync(`${path}.arriving`, path);
    },

    remove(leaseId: string): void {
      rmSync(place(leaseId), { recursive: true, force: true });
    },

    leases: (): string[] => (existsSync(folder) ? readdirSync(folder) : []),
  };
}

export type LeaseFiles = ReturnType<typeof leaseFiles>;
