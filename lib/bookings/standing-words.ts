import { formatDollars } from '#lib/base/money.ts';
import { regionName } from '#lib/catalogue/continent.ts';
import { gpuLabel } from '#lib/catalogue/gpu.ts';
import type { StandingMode, StandingState, StandingWish } from './standing-request.ts';

export const STANDING_STATE_WORDS: Record<StandingState, string> = {
  open: 'waiting for a match',
  paused: 'paused',
  booked: 'booked',
  expired: 'expired',
  cancelled: 'cancelled',
};

export const STANDING_MODE_WORDS: Record<StandingMode, string> = {
  book: 'is booked by itself',
  notify: 'you are told',
  ask: 'hosts are asked',
};

type Wanted = Pick<StandingWish, 'models' | 'vramGib' | 'gpuCount' | 'regions' | 'maxPriceMicrosPerGpuHour'>;

/** "2 × RTX 4090", "Any GPU with 24 GiB": what is wanted of a machine. */
export function gpuWords({ models, vramGib, gpuCount }: Pick<Wanted, 'models' | 'vramGib' | 'gpuCount'>): string {
  const any = gpuCount === 1 ? 'Any GPU' : `Any ${gpuCount} GPUs`;
  const counted = models.length === 0 ? any : gpuLabel(gpuCount, models.join(' or '));
  return vramGib === null ? counted : `${counted} with ${vramGib} GiB`;
}

/** "Europe or Japan", "anywhere". */
export function placeWords(regions: readonly string[]): string {
  return regions.length === 0 ? 'anywhere' : regions.map(regionName).join(' or ');
}

/** "8 h", "90 min", "2 d 4 h": how long a rental is wanted for. */
export function timeWords(seconds: number): string {
  const minutes = Math.round(seconds / 60);
  if (minutes < 120 && minutes % 60 !== 0) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  const rest = minutes % 60 === 0 ? '' : ` ${minutes % 60} min`;
  return hours < 48 ? `${hours} h${rest}` : `${Math.floor(hours / 24)} d${hours % 24 === 0 ? '' : ` ${hours % 24} h`}`;
}

/** "2 × RTX 4090 at $0.30 per GPU-hour or less, in Europe, for 8 h": a request in one line. */
export function requestWords(wish: Wanted & Pick<StandingWish, 'durationSeconds'>): string {
  const place = wish.regions.length === 0 ? 'anywhere' : `in ${placeWords(wish.regions)}`;
  const price = `at ${formatDollars(wish.maxPriceMicrosPerGpuHour)} per GPU-hour or less`;
  return `${gpuWords(wish)} ${price}, ${place}, for ${timeWords(wish.durationSeconds)}`;
}
