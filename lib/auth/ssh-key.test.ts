import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { readSshKey } from './ssh-key.ts';

const folder = mkdtempSync(join(tmpdir(), 'sublet-keys-'));
afterAll(() => rmSync(folder, { recursive: true }));

function keygen(name: string, ...args: string[]): string {
  const file = join(folder, name);
  execFileSync('ssh-keygen', ['-q', '-N', '', '-C', `${name} of Ada`, '-f', file, ...args]);
  return readFileSync(`${file}.pub`, 'utf8');
}

function fingerprintByOpenSsh(publicKey: string): string | undefined {
  return execFileSync('ssh-keygen', ['-lf', '-'], { input: `${publicKey}\n`, encoding: 'utf8' }).split(' ')[1];
}

/** A wire blob of the fields given, as an OpenSSH line. */
function line(kind: string, ...fields: Buffer[]): string {
  const parts = [Buffer.from(kind), ...fields].flatMap((field) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(field.length);
    return [length, field];
  });
  return `${kind} ${Buffer.concat(parts).toString('base64')}`;
}

const problemOf = (text: string) => {
  const read = readSshKey(text);
  return 'problem' in read ? read.problem : undefined;
};

describe('an SSH public key', () => {
  it.each([
    ['ed25519', 256, ['-t', 'ed25519']],
    ['nistp256', 256, ['-t', 'ecdsa', '-b', '256']],
    ['nistp384', 384, ['-t', 'ecdsa', '-b', '384']],
    ['nistp521', 521, ['-t', 'ecdsa', '-b', '521']],
    ['rsa2048', 2048, ['-t', 'rsa', '-b', '2048']],
    ['rsa3072', 3072, ['-t', 'rsa', '-b', '3072']],
  ])('of kind %s is read as OpenSSH reads it', (name, bits, args) => {
    const text = keygen(name, ...args);
    const key = readSshKey(text);
    expect(key).toMatchObject({ bits, comment: `${name} of Ada`, fingerprint: fingerprintByOpenSsh(text) });
    expect('publicKey' in key && fingerprintByOpenSsh(key.publicKey)).toBe(fingerprintByOpenSsh(text));
  });

  it('may live on a hardware token', () => {
    const app = Buffer.from('ssh:');
    const ed = line('sk-ssh-ed25519@openssh.com', Buffer.alloc(32, 7), app);
    const point = Buffer.from(keygen('for-sk', '-t', 'ecdsa', '-b', '256').split(' ')[1] ?? '', 'base64').subarray(-65);
    const ec = line('sk-ecdsa-sha2-nistp256@openssh.com', Buffer.from('nistp256'), point, app);
    for (const text of [ed, ec]) {
      expect(readSshKey(text)).toMatchObject({ bits: 256, fingerprint: fingerprintByOpenSsh(text) });
    }
  });

  it('keeps nothing of the comment, so that nobody writes options or lines into authorized_keys', () => {
    const key = readSshKey(`${keygen('comment', '-t', 'ed25519').trim()} command="rm -rf /"`);
    expect('publicKey' in key && key.publicKey).toMatch(/^ssh-ed25519 [A-Za-z0-9+/=]+$/);
  });

  it('is refused with a sentence when it is something else', () => {
    const good = keygen('good', '-t', 'ed25519').trim();
    const [kind, base64 = ''] = good.split(' ');
    expect(problemOf('')).toMatch(/Paste the line/);
    expect(problemOf(readFileSync(join(folder, 'good'), 'utf8'))).toMatch(/private key/);
    expect(problemOf(`command="id" ${good}`)).toMatch(/without options/);
    expect(problemOf(`${good}\n${good}`)).toMatch(/one key at a time/);
    expect(problemOf(`ssh-dss ${base64}`)).toMatch(/DSA/);
    expect(problemOf(`ssh-ed25519-cert-v01@openssh.com ${base64}`)).toMatch(/certificate/);
    expect(problemOf(`ssh-rsa ${base64}`)).toMatch(/do not fit/);
    expect(problemOf(`${kind} ${base64.slice(0, -4)}`)).toMatch(/do not fit|not whole/);
    expect(problemOf(`${kind} ${base64}AAAA`)).toMatch(/not whole|do not fit/);
    expect(problemOf(`${kind} not*base64*at*all`)).toMatch(/not whole/);
    expect(problemOf(`${kind} ${base64} ${'x'.repeat(20_000)}`)).toMatch(/too long/);
    expect(problemOf(keygen('small', '-t', 'rsa', '-b', '1024'))).toMatch(/this one has 1024/);
  });

  it('never makes the reader fail, whatever is pasted', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => 'problem' in readSshKey(text)));
    fc.assert(
      fc.property(
        fc.constantFrom('ssh-rsa', 'ssh-ed25519', 'ecdsa-sha2-nistp256'),
        fc.array(fc.uint8Array()),
        (kind, fields) => {
          const read = readSshKey(line(kind, ...fields.map((field) => Buffer.from(field))));
          return 'problem' in read || read.kind === kind;
        },
      ),
    );
  });
});
