import { readSshKey } from '#lib/auth/ssh-key.ts';

/** The way into a rental with any ssh client. */
export type Connection = {
  /**
   * What known_hosts calls this booking, and what the renter's own configuration may. Not the address: a gateway's port
   * serves another booking later, under another key.
   */
  readonly alias: string;
  readonly host: string;
  readonly port: number;
  readonly user: 'root';
  /** The public line of the host key of this lease: kind and base64. */
  readonly hostKey: string;
  /** As ssh shows it at the first connection; null when the line could not be read. */
  readonly hostKeyFingerprint: string | null;
};

/** A connection from where it leads; the alias comes from the booking's id. */
export function connectionOf(
  bookingId: string,
  place: { readonly host: string; readonly port: number; readonly hostKey: string },
): Connection {
  const key = readSshKey(place.hostKey);
  return {
    alias: `sublet-${bookingId.slice(-8)}`,
    host: place.host,
    port: place.port,
    user: 'root',
    hostKey: place.hostKey,
    hostKeyFingerprint: 'fingerprint' in key ? key.fingerprint : null,
  };
}

/** The one line to type. */
export function sshLine({ alias, host, port, user }: Connection): string {
  return `ssh -p ${port} -o HostKeyAlias=${alias} ${user}@${host}`;
}

/** The line for ~/.ssh/known_hosts (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT) that makes the first connection safe. */
export function knownHostsLine({ alias, hostKey }: Connection): string {
  const [kind = '', key = ''] = hostKey.trim().split(/\s+/);
  return `${alias} ${kind} ${key}`;
}

/** A block for ~/.ssh/config; afterwards ssh, scp and sftp take the alias. AES-GCM first: it is the faster cipher through a relay. */
export function hostBlock({ alias, host, port, user }: Connection): string {
  return [
    `Host ${alias}`,
    `  HostName ${host}`,
    `  Port ${port}`,
    `  User ${user}`,
    `  HostKeyAlias ${alias}`,
    '  Ciphers ^aes128-gcm@openssh.com',
    '  ServerAliveInterval 30',
  ].join('\n');
}
