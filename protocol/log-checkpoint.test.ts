import { createHash, sign as ed25519Sign, generateKeyPairSync, type KeyObject } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TAMPERINGS, tampered } from '#tests/support/tampered.ts';
import { fromBase64, fromBase64url, sameBytes, toBase64, toBase64url, toBytes } from './base64.ts';
import { verifyBytes } from './keys.ts';
import { formatLogKey, type LogKey, openCheckpoint, parseLogKey, signCheckpoint } from './log-checkpoint.ts';
import { formatProof, parseProof } from './log-proof.ts';

const sha256 = (bytes: Uint8Array) => new Uint8Array(createHash('sha256').update(bytes).digest());

function logOf(name: string): { key: LogKey; privateKey: KeyObject } {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  return { key: { name, key: fromBase64url(publicKey.export({ format: 'jwk' }).x ?? '') as Uint8Array }, privateKey };
}
const { key, privateKey } = logOf('market.example/log');
const head = { size: 70_000, root: sha256(toBytes('root')) };
const signed = (by = privateKey, as = key, what = head) =>
  signCheckpoint(sha256, what, as, (message) => ed25519Sign(null, message, by));
const open = (note: string, by = key) => openCheckpoint(sha256, verifyBytes, note, by);

describe('a signed checkpoint', () => {
  it('is three lines and a signature line as the specification writes them', async () => {
    const note = signed();
    expect(note).toMatch(
      /^market\.example\/log\n70000\n[A-Za-z0-9+/]{43}=\n\n— market\.example\/log [A-Za-z0-9+/]{91}=\n$/,
    );
    expect(await open(note)).toEqual({ origin: key.name, ...head });
  });

  it('is opened by its log’s key only', async () => {
    const other = logOf('market.example/log');
    expect(await open(signed(), other.key)).toBeNull();
    expect(await open(signed(other.privateKey))).toBeNull();
    expect(await open(signed(), { ...key, name: 'elsewhere.example/log' })).toBeNull();
  });

  it('may carry signatures of others, which decide nothing', async () => {
    const witness = '— witness.example AAAAAAAAAA==\n';
    expect(await open(signed() + witness)).toMatchObject({ size: 70_000 });
    expect(await open(signed().replace(/— .*\n$/u, witness))).toBeNull();
  });

  it('is refused when it names the key with a signature that does not fit, though another one does', async () => {
    const forged = signed(logOf('x').privateKey).split('\n\n')[1];
    expect(await open(signed() + forged)).toBeNull();
  });

  it('is refused with any one character changed', async () => {
    const note = signed();
    await fc.assert(
      fc.asyncProperty(tampered(note), async (bad) => (await open(bad)) === null),
      { numRuns: TAMPERINGS },
    );
  });

  it('is refused when it is no checkpoint', async () => {
    const { root } = head;
    for (const text of [
      '',
      '\n',
      'market.example/log\n1\n\n',
      `${'x'.repeat(20_000)}\n1\nAA==\n\n— a b\n`,
      signed().trim(),
    ])
      expect(await open(text)).toBeNull();
    for (const size of [-1, 1.5, 2 ** 41]) expect(await open(signed(privateKey, key, { size, root }))).toBeNull();
  });
});

describe('the line of a log’s key', () => {
  it('names the key, and only what it would write is read', () => {
    const line = formatLogKey(sha256, key);
    expect(parseLogKey(sha256, line)).toEqual(key);
    expect(line).toMatch(/^market\.example\/log\+[0-9a-f]{8}\+[A-Za-z0-9+/]{44}$/);
    fc.assert(
      fc.property(tampered(line), (bad) => parseLogKey(sha256, bad) === null),
      { numRuns: 500 },
    );
  });

  it('is the line that Go’s note package writes, and its signature fits', async () => {
    const line = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW';
    const go = parseLogKey(sha256, line) as LogKey;
    expect(formatLogKey(sha256, go)).toBe(line);
    const text =
      "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
    const signature = fromBase64(
      'x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=',
    ) as Uint8Array;
    expect(sameBytes(signature.subarray(0, 4), fromBase64('x08gow==') as Uint8Array)).toBe(true);
    expect(verifyBytes(go.key, toBytes(text), signature.subarray(4))).toBe(true);
  });
});

describe('a proof as a text file', () => {
  it('reads back what it wrote, and nothing else', () => {
    const path = [sha256(toBytes('a')), sha256(toBytes('b'))];
    const proof = { index: 73_894, path, checkpoint: signed() };
    const text = formatProof(proof);
    expect(text).toMatch(
      /^c2sp\.org\/tlog-proof@v1\nindex 73894\n(?:[A-Za-z0-9+/]{43}=\n){2}\nmarket\.example\/log\n70000\n/,
    );
    expect(parseProof(text)).toEqual(proof);
    for (const bad of ['', text.replace('@v1', '@v2'), text.replace('index 7', 'index 07'), text.replace('=\n', '\n')])
      expect(parseProof(bad)).toBeNull();
  });
});

describe('base64', () => {
  it('has one text for some bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        expect(fromBase64(toBase64(bytes))).toEqual(bytes);
        expect(fromBase64url(toBase64url(bytes))).toEqual(bytes);
      }),
    );
    for (const text of ['AB==', 'A', 'AA', 'AA=', 'AA==\n', ' AA==', 'A-==']) expect(fromBase64(text)).toBeNull();
    for (const text of ['AB', 'A', 'AA==', 'AA\n', 'A+']) expect(fromBase64url(text)).toBeNull();
  });
});
