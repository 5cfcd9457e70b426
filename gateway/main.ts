import { readFileSync } from 'node:fs';
import { startGateway } from './gateway.ts';
import { jsonLog } from './log.ts';

function stop(sentence: string): never {
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
}

function required(name: string): string {
  return process.env[name] || stop(`The gateway needs ${name}. See .env.example.`);
}

function port(name: string): number {
  const text = required(name);
  const number = Number(text);
  if (!/^\d{1,5}$/.test(text) || number > 65_535) stop(`${name} is not a port: ${JSON.stringify(text.slice(0, 40))}.`);
  return number;
}

function portRange() {
  const { GATEWAY_PORT_FROM: from, GATEWAY_PORT_TO: to } = process.env;
  if (!from && !to) return undefined;
  const range = { from: port('GATEWAY_PORT_FROM'), to: port('GATEWAY_PORT_TO') };
  if (range.from > range.to) stop('GATEWAY_PORT_FROM is above GATEWAY_PORT_TO.');
  return range;
}

function tlsFiles() {
  const { GATEWAY_TLS_CERT: cert, GATEWAY_TLS_KEY: key } = process.env;
  if (!cert && !key) return null;
  if (!cert || !key) stop('Set both GATEWAY_TLS_CERT and GATEWAY_TLS_KEY, or neither.');
  try {
    return { cert: readFileSync(cert), key: readFileSync(key) };
  } catch (error) {
    return stop(`The certificate of the gateway cannot be read: ${(error as Error).message}`);
  }
}

const leaseKey = required('SUBLET_LEASE_PUBLIC_KEY');
if (Buffer.from(leaseKey, 'base64url').length !== 32)
  stop('SUBLET_LEASE_PUBLIC_KEY is not a raw Ed25519 key in base64url.');

const gateway = await startGateway({
  name: required('GATEWAY_NAME'),
  host: process.env.GATEWAY_HOST || '127.0.0.1',
  tunnelPort: port('GATEWAY_TUNNEL_PORT'),
  healthPort: port('GATEWAY_HEALTH_PORT'),
  leaseKey,
  ports: portRange(),
  tls: tlsFiles(),
  log: jsonLog,
}).catch((error: Error) => stop(`The gateway could not open its ports: ${error.message}`));

jsonLog('listening', { tunnelPort: gateway.tunnelPort, healthPort: gateway.healthPort });

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void gateway.close().then(() => process.exit(0)));
}
