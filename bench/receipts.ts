import { createHash } from 'node:crypto';
import { fromBase64url, joinBytes, toBytes } from '#protocol/base64.ts';
import { newSigningKey, rawPublicKey, sha256Bytes, signPayload, verifyBytes } from '#protocol/keys.ts';
import { appendLeaves, type Completed, EMPTY_TREE, rootOf } from '#protocol/log-frontier.ts';
import { perfectFromTiles } from '#protocol/log-tiles.ts';
import { inclusionPath, leafHash, rootFromPath } from '#protocol/log-tree.ts';
import { DOMAINS, signedText } from '#protocol/words.ts';
import { appendsPerSecond } from './receipts/appends.ts';
import { receiptBytes } from './receipts/size.ts';
import { atLeast, atMost, median, say, sayGoals } from './report.ts';

/** How long it takes to check that an entry is in a log of a million, its signature apart, and how many statements a second are logged for good. */
const ENTRIES = 1_000_000;
const CHECKS = 2_000;

const began = performance.now();
const levels: Uint8Array[][] = [[]];
const leaves = Array.from({ length: ENTRIES }, (_, at) =>
  leafHash(sha256Bytes, createHash('sha256').update(String(at)).digest()),
);
levels[0] = leaves;
const tree = appendLeaves(sha256Bytes, EMPTY_TREE, leaves, ({ height, position, root }: Completed) => {
  if (height % 8 !== 0) return;
  levels[height / 8] ??= [];
  (levels[height / 8] as Uint8Array[])[position] = root;
});
const head = { size: tree.size, root: rootOf(sha256Bytes, tree) };
say({ entries: ENTRIES, appendsPerSecondInMemory: Math.round(ENTRIES / ((performance.now() - began) / 1_000)) });

const roots = perfectFromTiles(sha256Bytes, head.size, async ({ level, index, width }) =>
  joinBytes(...(levels[level] ?? []).slice(index * 256, index * 256 + width)),
);
const proofs: { index: number; path: Uint8Array[] }[] = [];
for (let at = 0; at < CHECKS; at += 1) {
  const index = (at * 7_919) % ENTRIES;
  proofs.push({ index, path: await inclusionPath(sha256Bytes, roots, index, head.size) });
}
const rounds: number[] = [];
for (let round = 0; round < 7; round += 1) {
  const start = performance.now();
  for (const { index, path } of proofs) {
    const root = rootFromPath(sha256Bytes, leaves[index] as Uint8Array, index, head.size, path);
    if (root === null || Buffer.compare(root, head.root) !== 0) throw new Error(`entry ${index} is not proved`);
  }
  rounds.push(((performance.now() - start) * 1_000) / CHECKS);
}

const key = newSigningKey();
const raw = fromBase64url(rawPublicKey(key)) ?? new Uint8Array();
const signed = signPayload(DOMAINS.statement, 'x'.repeat(500), key);
const message = toBytes(signedText(DOMAINS.statement, signed.payload));
const signature = fromBase64url(signed.signature) ?? new Uint8Array();
const start = performance.now();
for (let at = 0; at < CHECKS; at += 1) if (!verifyBytes(raw, message, signature)) throw new Error('not verified');
say({ signatureMicroseconds: Math.round(((performance.now() - start) * 1_000) / CHECKS), apart: true });

const sizes = { one: await receiptBytes(1), eight: await receiptBytes(8) };
say({ receiptBytes: sizes });

sayGoals('receipts', [
  atMost('check of a path at 1,000,000 entries', median(rounds), 100, 'µs'),
  atMost('a receipt of one GPU', sizes.one, 2_048, 'bytes'),
  atMost('a receipt of eight GPUs', sizes.eight, 2_048, 'bytes'),
  atLeast('statements logged, safe on disk', await appendsPerSecond(), 20_000, 'per second'),
]);
