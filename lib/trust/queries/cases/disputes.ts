import { formatDollars } from '#lib/base/money.ts';
import { wordOf } from '#lib/base/words.ts';
import { reasonTold } from '#lib/bookings/booking-words.ts';
import { db } from '#lib/io/db.ts';
import type { Evidence } from '../../case-view.ts';
import { type StepTold, stepWords } from '../../dispute-move.ts';
import { readManifest, showablePicture } from '../../evidence-manifest.ts';
import { day, personLink, type Queue } from './queue.ts';

/** Of a long record the beginning is shown; the thread has the whole. */
const MOST_SHOWN = 2_000;

/** Those that can be decided now: handed to an admin, or the host let the time to answer pass. */
const due = (now: Date) => ({ state: 'open', OR: [{ turn: 'admin' }, { turn: 'host', answerUntil: { lte: now } }] });

const WHO: Readonly<Record<string, string>> = {
  renter: 'The renter',
  host: 'The host',
  staff: 'An admin',
  market: 'The market',
};

type AttachedRow = { id: string; disputeId: string; side: string; title: string; payload: string; file: object | null };

function attached({ id, disputeId, side, title, payload, file }: AttachedRow): Evidence {
  const { mediaType, sizeBytes, sha256 } = readManifest(payload);
  const facts = { Type: mediaType, Size: `${sizeBytes} bytes`, 'SHA-256': sha256 };
  if (file === null) return { title: `A file that is no longer kept: ${title}`, facts };
  const picture = showablePicture(payload, true);
  return {
    title: `A file: ${title}`,
    facts,
    file: { disputeId, evidenceId: id, name: title, sentBy: `the ${side}`, picture },
  };
}

export const disputes: Queue = {
  count: (now) => db.dispute.count({ where: due(now) }),

  waiting: async (now, take) => {
    const rows = await db.dispute.findMany({
      where: due(now),
      orderBy: [{ answerUntil: 'asc' }, { id: 'asc' }],
      take,
      select: {
        id: true,
        amountMicros: true,
        answerUntil: true,
        booking: { select: { name: true } },
        renter: { select: { name: true } },
      },
    });
    return rows.map((row) => ({
      id: row.id,
      title: row.booking.name,
      line: `${row.renter.name} contests ${formatDollars(row.amountMicros)}`,
      since: row.answerUntil,
    }));
  },

  detail: async (actor, id) => {
    const row = await db.dispute.findUnique({
      where: { id },
      include: {
        renter: { select: { id: true, name: true } },
        host: { select: { id: true, name: true } },
        moves: {
          orderBy: { number: 'asc' },
          include: { evidence: { orderBy: { id: 'asc' }, include: { file: { select: { evidenceId: true } } } } },
        },
        booking: {
          select: {
            id: true,
            name: true,
            startedAt: true,
            endedAt: true,
            reason: true,
            lease: { select: { chargedMicros: true, refundedMicros: true } },
          },
        },
      },
    });
    if (row === null) return null;
    const { booking } = row;
    const party = actor.userId === row.renterId || actor.userId === row.hostId;
    return {
      title: booking.name,
      line: `${row.renter.name} contests ${formatDollars(row.amountMicros)}`,
      since: row.answerUntil,
      whyNot: party ? 'You are a party to it: another admin decides.' : null,
      links: [
        { href: `/disputes/${id}`, label: 'The whole thread' },
        { href: `/admin/bookings/${booking.id}`, label: 'The booking' },
        personLink(row.renter),
        personLink(row.host),
      ],
      evidence: [
        {
          title: 'What they want',
          facts: {
            'The renter would take': formatDollars(row.askedMicros),
            'The host offered last': row.offeredMicros === null ? 'nothing' : formatDollars(row.offeredMicros),
            'The rule proposes, from the telemetry': formatDollars(row.proposedMicros),
          },
        },
        ...row.moves.flatMap((move) => [
          {
            title: `${wordOf(WHO, move.side)} ${stepWords(move as StepTold)}`,
            quote: move.text,
          },
          ...move.evidence.map((piece) =>
            piece.kind === 'file' ? attached(piece) : { title: piece.title, quote: piece.payload.slice(0, MOST_SHOWN) },
          ),
        ]),
        {
          title: 'The booking',
          facts: {
            Charged: formatDollars(booking.lease?.chargedMicros ?? 0n),
            'Came back already': formatDollars(booking.lease?.refundedMicros ?? 0n),
            Ran: `${day(booking.startedAt)} to ${day(booking.endedAt)}`,
            'How it ended': reasonTold(booking.reason) ?? 'Nobody wrote down why.',
          },
        },
      ],
    };
  },
};
