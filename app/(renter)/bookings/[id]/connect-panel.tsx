import { CopyBox } from '#components/ui/copy-box.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { QrCode } from '#components/ui/qr-code.tsx';
import { type Connection, hostBlock, knownHostsLine, sshLine } from '#lib/bookings/connection.ts';
import { codeLink, sshAddress } from '#lib/bookings/ports.ts';

type ConnectPanelProps = {
  connection: Connection;
  simulated: boolean;
  /** False on a simulated demo host. */
  executes: boolean;
  /** How many seconds it took from asking to the shell. */
  readyAfter: number | undefined;
};

/** Everything that plain ssh needs: one line, the key to expect, and a block for its configuration. */
export function ConnectPanel({ connection, simulated, executes, readyAfter }: ConnectPanelProps) {
  return (
    <Panel
      title="Connect"
      description={
        (readyAfter === undefined ? '' : `Ready in ${readyAfter.toFixed(1)} s. `) +
        (executes
          ? 'With the ssh, sftp and scp that you have. The gateway relays ciphertext and cannot read it.'
          : 'This host is simulated: its shell says so and executes nothing.') +
        (simulated && executes ? ' The shell is real; only the GPUs come from a recording.' : '')
      }
    >
      <div className="space-y-4">
        <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-4 sm:grid-cols-[minmax(0,1fr)_auto]">
          <CopyBox label="In a terminal" text={sshLine(connection)} />
          <details className="text-sm">
            <summary className="inline-flex min-h-9 items-center rounded-md border border-line px-3 hover:bg-hover">
              On a phone
            </summary>
            <figure className="mt-2 w-40">
              <QrCode text={sshAddress(connection)} label={`The address ${sshAddress(connection)} as a picture`} />
              <figcaption className="mt-1 text-muted text-xs">
                Opens in an ssh app that has a key of yours. Compare the key that it shows.
              </figcaption>
            </figure>
          </details>
        </div>
        {connection.hostKeyFingerprint !== null && (
          <div className="text-sm">
            <p className="font-medium">The key it must show</p>
            <p className="break-all font-mono text-xs leading-5">{connection.hostKeyFingerprint}</p>
            <p className="text-muted">
              ssh asks about it at the first connection. Another one means that somebody stands in between.
            </p>
          </div>
        )}
        <details className="group rounded-md border border-line">
          <summary className="flex min-h-9 items-center px-3 font-medium text-sm hover:bg-hover">
            For your ssh configuration, and for editors
          </summary>
          <div className="space-y-4 border-line border-t px-3 py-3.5">
            <CopyBox label="For ~/.ssh/known_hosts, so that ssh need not ask" text={knownHostsLine(connection)} />
            <CopyBox
              label={`For ~/.ssh/config; then ssh, scp and sftp know it as ${connection.alias}`}
              text={hostBlock(connection)}
            />
            <p className="text-sm">
              With these two in place:{' '}
              <a href={codeLink(connection)} className="link inline-flex min-h-6 items-center">
                open it in Visual Studio Code
              </a>
              , whose Remote SSH uses your own ssh; so do Cursor, JetBrains Gateway and Zed, by the name{' '}
              <code className="font-mono text-xs">{connection.alias}</code>.
            </p>
            <p className="text-muted text-sm">
              Do not forward your ssh agent (-A) to a rented machine: whoever runs it could use your keys meanwhile.
            </p>
          </div>
        </details>
      </div>
    </Panel>
  );
}
