import { Duplex } from 'node:stream';

export const SIMULATED_SENTENCE =
  'This host is simulated: nothing runs on it, so there is no shell. Book a machine without the word "simulated".';

const DISCONNECT = 1;
const BY_APPLICATION = 11;
const LINGER_MS = 5_000;

function text(value: string): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(Buffer.byteLength(value));
  return Buffer.concat([length, Buffer.from(value)]);
}

/** SSH_MSG_DISCONNECT (RFC 4253 §11.1) in a packet before any key exchange (§6): ssh clients show its sentence to their user. */
function disconnectPacket(sentence: string): Buffer {
  const reason = Buffer.from([0, 0, 0, BY_APPLICATION]);
  const payload = Buffer.concat([Buffer.from([DISCONNECT]), reason, text(sentence), text('en')]);
  const unpadded = 5 + payload.length;
  const padding = 8 - (unpadded % 8) + (8 - (unpadded % 8) < 4 ? 8 : 0);
  const head = Buffer.alloc(5);
  head.writeUInt32BE(1 + payload.length + padding);
  head.writeUInt8(padding, 4);
  return Buffer.concat([head, payload, Buffer.alloc(padding)]);
}

/**
 * What answers on a simulated host: a line that a person with any TCP client can read (RFC 4253 §4.2 lets a server say lines first),
 * and for ssh clients the same as a proper disconnect. It reads nothing and runs nothing.
 */
export function simulatedShell(): Duplex {
  const stream = new Duplex({
    read() {},
    write(_chunk, _encoding, done) {
      done();
    },
  });
  stream.push(`${SIMULATED_SENTENCE}\r\nSSH-2.0-Sublet_simulated\r\n`);
  stream.push(disconnectPacket(SIMULATED_SENTENCE));
  stream.push(null);
  // What the client still sends is swallowed: a connection closed over unread bytes would be reset, and the sentence lost.
  const timer = setTimeout(() => stream.destroy(), LINGER_MS).unref();
  stream.once('close', () => clearTimeout(timer));
  return stream;
}
