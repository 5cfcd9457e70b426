import { Transform } from 'node:stream';

/** One message of Docker's multiplexed stream: an 8-byte header (stream, 3 zeros, length as big-endian uint32) and its bytes. */
export type Frame = { stream: 'stdout' | 'stderr'; bytes: Buffer };

/** Cuts a multiplexed stream into whole frames; keeps what is not whole yet. */
export function frameReader() {
  let rest: Buffer = Buffer.alloc(0);
  return (chunk: Buffer): Frame[] => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const frames: Frame[] = [];
    while (rest.length >= 8) {
      const length = rest.readUInt32BE(4);
      if (rest.length < 8 + length) break;
      frames.push({ stream: rest[0] === 2 ? 'stderr' : 'stdout', bytes: rest.subarray(8, 8 + length) });
      rest = rest.subarray(8 + length);
    }
    return frames;
  };
}

/** Passes on what one stream says, under back-pressure, and hands the other's text to `onOther`. */
export function onlyStdout(onOther: (text: string) => void): Transform {
  const read = frameReader();
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      for (const { stream, bytes } of read(chunk)) {
        if (stream === 'stdout') this.push(bytes);
        else onOther(bytes.toString('utf8'));
      }
      done();
    },
  });
}
