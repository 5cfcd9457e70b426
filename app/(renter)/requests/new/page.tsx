import { randomUUID } from 'node:crypto';
import type { Metadata } from 'next';
import { requireActor } from '#app/_edge/actor.ts';
import { seen } from '#app/_edge/seen.ts';
import { AsApiCall } from '#components/api/as-api-call.tsx';
import { askingCalls, type WishAsked } from '#components/api/asking-calls.ts';
import { PageHeader } from '#components/ui/page-header.tsx';
import { sshKeysOf } from '#lib/auth/queries.ts';
import type { Actor } from '#lib/base/actor.ts';
import { addSeconds, theWorld } from '#lib/base/time.ts';
import { commandLine } from '#lib/bookings/command-line.ts';
import { IMAGE_PRESETS } from '#lib/bookings/image.ts';
import { previewStanding, standingRequestOf } from '#lib/bookings/queries/standing-requests.ts';
import { standingProblems } from '#lib/bookings/standing-request.ts';
import {
  deadlineInput,
  readStandingTyped,
  type StandingTyped,
  typeSearch,
  typeWish,
} from '#lib/bookings/standing-typed.ts';
import { USUAL_DISK_BYTES } from '#lib/bookings/terms.ts';
import { searchListings } from '#lib/catalogue/queries/search.ts';
import { EVERYTHING, type Params, readSearch } from '#lib/catalogue/search.ts';
import { RequestForm } from './request-form.tsx';

export const metadata: Metadata = { title: 'New standing request' };

const WAIT_SECONDS = 3 * 86_400;
const demo = process.env.SUBLET_DEMO === '1';

export default async function NewRequestPage({ searchParams }: { searchParams: Promise<Params> }) {
  const actor = await requireActor();
  const params = await searchParams;
  const now = theWorld.now();
  const [typed, keys, market] = await Promise.all([
    filledIn(actor, params, now),
    sshKeysOf(actor),
    searchListings(actor, { ...EVERYTHING, trust: 'new', taken: true }, now),
  ]);
  return (
    <>
      <PageHeader
        title="Ask for a GPU"
        trail={[{ href: '/requests', label: 'Standing requests' }]}
        lede="Say what you need, for how much and until when. It stands until the market has it, and expires when it is too late."
      />
      <RequestForm
        typed={typed}
        models={market.models.map(({ model }) => model)}
        images={IMAGE_PRESETS.map(({ image }) => image).filter((image) => demo || !image.startsWith('sublet/'))}
        hasKey={keys.length > 0}
        idempotencyKey={randomUUID()}
        first={await look(actor, typed, now)}
      />
      <div className="mt-6">
        <AsApiCall calls={[askingCalls.standingRequest(wishOf(typed, now))]} />
      </div>
    </>
  );
}

/** What the address says: an earlier request to ask for again, or what a search looked for. */
async function filledIn(actor: Actor, params: Params, now: Date) {
  const deadline = deadlineInput(addSeconds(now, WAIT_SECONDS));
  const { from } = params;
  if (typeof from === 'string') {
    const earlier = await seen(standingRequestOf(actor, from, now));
    const { image, name, mode } = earlier;
    return {
      ...typeWish(earlier),
      deadline,
      image,
      name,
      mode,
      command: earlier.command === null ? '' : commandLine(earlier.command),
    };
  }
  const image = IMAGE_PRESETS[0].image;
  return { ...typeSearch(readSearch(params)), deadline, image, name: '', mode: 'book', command: '' };
}

/** What is filled in as a call asks for it; the usual where it is no request yet. */
function wishOf(typed: StandingTyped & { image: string }, now: Date): WishAsked {
  const read = readStandingTyped(typed);
  const wish = 'problems' in read ? null : read.wish;
  return {
    models: wish?.models ?? ['RTX 4090'],
    gpuCount: wish?.gpuCount ?? 1,
    diskBytes: wish?.diskBytes ?? USUAL_DISK_BYTES,
    maxPriceMicrosPerGpuHour: wish?.maxPriceMicrosPerGpuHour ?? 500_000n,
    durationSeconds: wish?.durationSeconds ?? 3_600,
    finishBy: wish?.finishBy ?? addSeconds(now, WAIT_SECONDS),
    image: typed.image,
  };
}

/** How what is filled in stands in the market; null while it is no request yet. */
async function look(actor: Actor, typed: StandingTyped, now: Date) {
  const read = readStandingTyped(typed);
  if ('problems' in read) return null;
  const { wish } = read;
  return Object.keys(standingProblems(wish, wish.finishBy, now)).length > 0 ? null : previewStanding(actor, wish, now);
}
