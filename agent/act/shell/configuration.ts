import { LEASE_MOUNT, SSH_PORT, TOOLS_MOUNT, type Tools } from './tools.ts';

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
const KEY = /^((?:sk-)?(?:ssh|ecdsa)-[a-z0-9@.-]{1,60}) ([A-Za-z0-9+/]{16,8000}={0,3})(?:\s|$)/;
/** Set by sshd for each session: what an image says of another process would be wrong here. */
const OF_THE_SESSION = new Set(['USER', 'LOGNAME', 'SHELL', 'MAIL', 'TERM', 'PWD', 'OLDPWD', 'SHLVL', 'HOSTNAME']);

/** Escapes as OpenSSH's argument parser reads it: inside double quotes only the quote and the backslash are special. */
function quoted(name: string, value: string): string {
  return `"${name}=${value.replace(/["\\]/g, '\\$&')}"`;
}

/** Variables that reach ssh sessions; one with a line break or a NUL cannot stand in sshd's configuration and is left out. */
export function sessionVariables(environment: Record<string, string>): [string, string][] {
  return Object.entries(environment).filter(
    ([name, value]) =>
      NAME.test(name) && !OF_THE_SESSION.has(name) && !name.startsWith('SSH_') && !/[\n\r\0]/.test(value),
  );
}

/**
 * sshd's configuration for one lease. The environment stands on a single SetEnv line, because sshd honours only the first.
 * PerSourcePenalties is off and MaxStartups raised since all renters seem to come from one address: the gateway limits them.
 */
export function sshdConfiguration(tools: Tools, environment: Record<string, string>): string {
  const path = environment.PATH ?? '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
  const session = {
    ...environment,
    PATH: `${path}:${TOOLS_MOUNT}/bin`,
    NSS_WRAPPER_PASSWD: `${LEASE_MOUNT}/passwd`,
    NSS_WRAPPER_GROUP: `${LEASE_MOUNT}/group`,
  };
  const variables = sessionVariables(session).map(([name, value]) => quoted(name, value));
  return [
    `Port ${SSH_PORT}`,
    `HostKey ${LEASE_MOUNT}/host_key`,
    `AuthorizedKeysFile ${LEASE_MOUNT}/authorized_keys`,
    'StrictModes no',
    'UsePAM no',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    'AuthenticationMethods publickey',
    'PermitRootLogin prohibit-password',
    ...(tools.sessionProgram ? ['PerSourcePenalties no', `SshdSessionPath ${TOOLS_MOUNT}/libexec/sshd-session`] : []),
    ...(tools.authProgram ? [`SshdAuthPath ${TOOLS_MOUNT}/libexec/sshd-auth`] : []),
    'MaxStartups 64:30:128',
    'LoginGraceTime 30',
    'MaxSessions 64',
    'Subsystem sftp internal-sftp',
    'PidFile none',
    'UseDNS no',
    'PrintMotd no',
    'PrintLastLog no',
    'X11Forwarding no',
    'PermitTunnel no',
    'AllowAgentForwarding yes',
    'AllowTcpForwarding yes',
    'AllowStreamLocalForwarding yes',
    'StreamLocalBindUnlink yes',
    'GatewayPorts clientspecified',
    'ClientAliveInterval 30',
    'ClientAliveCountMax 4',
    'AcceptEnv LANG LC_* COLORTERM',
    `SetEnv ${variables.join(' ')}`,
    '',
  ].join('\n');
}

/** authorized_keys of plain public keys: options, comments and anything else in a line are left out. */
export function authorizedKeysFile(keys: string[]): string {
  const lines = keys.flatMap((key) => {
    const [, kind, blob] = KEY.exec(key.trim()) ?? [];
    return kind === undefined ? [] : [`${kind} ${blob}`];
  });
  return lines.map((line) => `${line}\n`).join('');
}

/** Sourced by login shells whose /etc/profile forgets the image's PATH (Debian's does, for root). */
export function profileScript(environment: Record<string, string>): string {
  const path = `${environment.PATH ?? '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'}:${TOOLS_MOUNT}/bin`;
  return `export PATH='${path.replace(/'/g, `'\\''`).replace(/[\n\r\0]/g, '')}'\n`;
}
