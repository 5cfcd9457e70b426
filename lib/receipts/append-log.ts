import { theWorld, type World } from '#lib/base/time.ts';
import { inTransaction, type Tx } from '#lib/io/db.ts';
import { env } from '#lib/io/env.ts';
import { log } from '#lib/io/log.ts';
import { type LogSigner, logSigner } from '#lib/io/log-key.ts';
import { joinBytes, toBase64url, toHex } from '#protocol/base64.ts';
import { sha256Bytes } from '#protocol/keys.ts';
import { signCheckpoint } from '#protocol/log-checkpoint.ts';
import { appendLeaves, type Completed, EMPTY_TREE, type Frontier, rootOf } from '#protocol/log-frontier.ts';
import { TILE_HEIGHT } from '#protocol/log-tiles.ts';
import { leafHash } from '#protocol/log-tree.ts';
import { gatherLogLines, type LogLine } from './gather-log-lines.ts';
import { logOrigin } from './log-line.ts';

/** One at a time, over all workers: "log" in ASCII. */
const ONE_AT_A_TIME = 7_106_407;
/** A signed head and a write to the disk for so many. */
const AT_ONCE = 10_000;

let silentAbout = false;

/**
 * Sweep: puts what waits into the public log and signs its new head, entries and head in one transaction, so that after a
 * crash there is the old log or the new one. Answers how many entries it added. Without SUBLET_LOG_KEY nothing is logged.
 * Throws when the key is not the one that this log began with.
 */
export async function appendLog(world: World = theWorld): Promise<number> {
  const signer = logSigner();
  if (signer === null) {
    if (!silentAbout) log.warn('SUBLET_LOG_KEY is not set, so there is no public log. See .env.example.');
    silentAbout = true;
    return 0;
  }
  let added = 0;
  for (;;) {
    const { lines, more } = await inTransaction('append log', (tx) => appendBatch(tx, signer, world.now()));
    added += lines;
    if (!more) return added;
  }
}

async function appendBatch(tx: Tx, signer: LogSigner, now: Date): Promise<{ lines: number; more: boolean }> {
  const [turn] = await tx.$queryRaw<{ mine: boolean }[]>`SELECT pg_try_advisory_xact_lock(${ONE_AT_A_TIME}) AS mine`;
  if (turn?.mine !== true) return { lines: 0, more: false };
  const name = await nameOf(tx, signer, now);
  const { lines, done, more } = await gatherLogLines(tx, AT_ONCE);
  if (lines.length > 0) await append(tx, lines, { signer, name, now });
  if (done.length > 0)
    await tx.$executeRaw`DELETE FROM log_waiting WHERE id = ANY(string_to_array(${done.join(',')}, ',')::bigint[])`;
  return { lines: lines.length, more };
}

/** What this log is called: by the market's address when it began, ever since. */
async function nameOf(tx: Tx, signer: LogSigner, now: Date): Promise<string> {
  const key = toBase64url(signer.publicKey);
  const known = await tx.logIdentity.findUnique({ where: { id: 1 } });
  if (known === null) {
    const origin = logOrigin(env().publicUrl);
    await tx.logIdentity.create({ data: { id: 1, origin, key, createdAt: now } });
    return origin;
  }
  if (known.key !== key)
    throw new Error('SUBLET_LOG_KEY is not the key that this log began with: a log has one. Restore it.');
  return known.origin;
}

async function append(
  tx: Tx,
  lines: readonly LogLine[],
  { signer, name, now }: { readonly signer: LogSigner; readonly name: string; readonly now: Date },
): Promise<void> {
  const before = await frontierOf(tx);
  const completed: Completed[] = [];
  const leaves = lines.map((line) => leafHash(sha256Bytes, line.entry));
  const tree = appendLeaves(sha256Bytes, before, leaves, (one) => {
    if (one.height % TILE_HEIGHT === 0) completed.push(one);
  });
  const root = rootOf(sha256Bytes, tree);
  const head = { size: tree.size, root };
  const note = signCheckpoint(sha256Bytes, head, { name, key: signer.publicKey }, signer.sign);
  await tx.logCheckpoint.create({
    data: { size: BigInt(tree.size), root: bytes(root), frontier: bytes(...tree.roots), note, signedAt: now },
  });
  await insertEntries(tx, lines, before.size, now);
  if (completed.length > 0)
    await tx.logSubtree.createMany({
      data: completed.map(({ height, position, root }) => ({
        level: height / TILE_HEIGHT,
        index: BigInt(position),
        root: bytes(root),
      })),
    });
}

async function frontierOf(tx: Tx): Promise<Frontier> {
  const head = await tx.logCheckpoint.findFirst({ orderBy: { size: 'desc' }, select: { size: true, frontier: true } });
  if (head === null) return EMPTY_TREE;
  const roots = Array.from({ length: head.frontier.length / 32 }, (_, at) =>
    head.frontier.subarray(32 * at, 32 * at + 32),
  );
  return { size: Number(head.size), roots };
}

/** Texts without a comma travel joined: to make arrays of so many would take longer than to store them. */
async function insertEntries(tx: Tx, lines: readonly LogLine[], from: number, now: Date): Promise<void> {
  const statements = lines.filter((line) => line.kind === 'statement');
  const others = lines.flatMap(({ entry, ...line }, at) =>
    line.kind === 'statement' ? [] : [{ ...line, ...line.signed, at, entry: toHex(entry) }],
  );
  const joined = (of: (line: LogLine) => string | number | null) => statements.map(of).join(',');
  await tx.$executeRaw`
    INSERT INTO log_entries
      (index, kind, entry, salt, subject, lease_id, sequence, machine_id, payload, signature, logged_at)
    SELECT ${BigInt(from)}::bigint + at, kind, decode(entry, 'hex'), salt, subject, "leaseId", NULL, "machineId",
      payload, signature, ${now}::timestamptz
    FROM json_to_recordset(${JSON.stringify(others)}::json) AS other (at int, kind text, entry text, salt text,
      subject text, "leaseId" text, "machineId" text, payload text, signature text)
    UNION ALL
    SELECT ${BigInt(from + others.length)}::bigint + place - 1, 'statement', decode(entry, 'hex'), salt,
      'statement:' || lease_id || ':' || sequence, lease_id, sequence::int, NULL, NULL, NULL, ${now}::timestamptz
    FROM unnest(
      string_to_array(${joined((line) => toHex(line.entry))}, ','), string_to_array(${joined((line) => line.salt)}, ','),
      string_to_array(${joined((line) => line.leaseId)}, ','), string_to_array(${joined((line) => line.sequence)}, ',')
    ) WITH ORDINALITY AS line (entry, salt, lease_id, sequence, place)`;
}

/** A copy of its own, as the database client wants it. */
function bytes(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return joinBytes(...parts);
}
