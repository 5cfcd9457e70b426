import type { Connection } from './connection.ts';

/** What usually listens there: a name for a port that a program took. */
const USUAL: Readonly<Record<number, string>> = {
  3000: 'a web app',
  5000: 'a web app',
  6006: 'TensorBoard',
  7860: 'Gradio or a web UI',
  8000: 'vLLM or a web app',
  8080: 'a web app',
  8188: 'ComfyUI',
  8265: 'Ray',
  8501: 'Streamlit',
  8787: 'Dask or RStudio',
  8888: 'Jupyter',
  11434: 'Ollama',
};

/** What usually listens on a port; null where nobody can guess. */
export function usualProgram(port: number): string | null {
  return USUAL[port] ?? null;
}

/** A port as somebody types it; null when it is none. */
export function readPort(text: string): number | null {
  const port = /^\s*\d{1,5}\s*$/.test(text) ? Number(text) : 0;
  return port >= 1 && port <= 65_535 ? port : null;
}

/** Where a port of the rental is on one's own computer: the same number, above what only root may take. */
export function localPort(port: number): number {
  return port < 1_024 ? port + 8_000 : port;
}

/** The line that brings a port of the rental to one's own computer, through ssh and so unseen by the gateway (ssh(1), -L). */
export function forwardLine({ alias, host, port: gatewayPort, user }: Connection, port: number): string {
  return `ssh -N -L ${localPort(port)}:localhost:${port} -p ${gatewayPort} -o HostKeyAlias=${alias} ${user}@${host}`;
}

/** The folder of the rental in Visual Studio Code over ssh, once the alias stands in ~/.ssh/config. */
export function codeLink({ alias }: Connection): string {
  return `vscode://vscode-remote/ssh-remote+${encodeURIComponent(alias)}/root`;
}

/** An address that ssh programs of phones and desktops open (the ssh scheme, draft-ietf-secsh-scp-sftp-ssh-uri). */
export function sshAddress({ host, port, user }: Connection): string {
  return `ssh://${user}@${host.includes(':') ? `[${host}]` : host}:${port}`;
}
