/** How plain ssh reaches a booking: the address at the gateway and the key that its own ssh server shows. */
export type Connection = {
  readonly bookingId: string;
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** The public key line without a name: "ssh-ed25519 AAAA…". */
  readonly hostKey: string;
  readonly hostKeyFingerprint: string;
};

/** What known_hosts calls this booking. Not the address: a gateway's port serves another booking later, under another key. */
export function hostAlias(connection: Pick<Connection, 'bookingId'>): string {
  return `sublet-${connection.bookingId.replace(/^bkg_/, '')}`;
}

/** The one line to type. */
export function sshLine(connection: Connection): string {
  return `ssh -p ${connection.port} -o HostKeyAlias=${hostAlias(connection)} ${connection.user}@${connection.host}`;
}

/** The line of known_hosts (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT) that makes the first connection safe. */
export function knownHostsLine(connection: Connection): string {
  return `${hostAlias(connection)} ${connection.hostKey}`;
}

/** A block of ssh_config(5). AES-GCM first: it is the faster cipher through a relay (docs/performance.md). */
export function hostBlock(connection: Connection): string {
  return [
    `Host ${hostAlias(connection)}`,
    `  HostName ${connection.host}`,
    `  Port ${connection.port}`,
    `  User ${connection.user}`,
    `  HostKeyAlias ${hostAlias(connection)}`,
    '  Ciphers ^aes128-gcm@openssh.com',
    '  ServerAliveInterval 30',
  ].join('\n');
}
