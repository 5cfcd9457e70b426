import type { Request } from './snapshot.ts';

/** Whose turn it is. `placed` says how many thousandths of GPUs the renter holds more now. */
export type Turn = { readonly request: Request; placed(milli: number): void };

/**
 * The order in which requests are tried: of the renters who still wait, the one who holds least; that renter's oldest
 * request. Ties go to the older request, then to the smaller id. So of two renters who want the same, neither gets
 * ahead of the other by more than one request.
 */
export function turns(
  requests: readonly Request[],
  heldGpuMilli: ReadonlyMap<string, number>,
  except: Request | undefined,
): { next(): Turn | undefined } {
  const lines = new Map<string, { held: number; waiting: Request[] }>();
  const sorted = requests.filter((request) => request !== except).sort((a, b) => (isEarlier(a, b) ? -1 : 1));
  for (const request of sorted) {
    const line = lines.get(request.renterId) ?? { held: heldGpuMilli.get(request.renterId) ?? 0, waiting: [] };
    line.waiting.push(request);
    lines.set(request.renterId, line);
  }
  for (const line of lines.values()) line.waiting.reverse();
  return {
    next() {
      let best: { held: number; waiting: Request[] } | undefined;
      let head: Request | undefined;
      for (const line of lines.values()) {
        const own = line.waiting.at(-1);
        if (own === undefined) continue;
        const isBefore =
          best === undefined ||
          head === undefined ||
          line.held < best.held ||
          (line.held === best.held && isEarlier(own, head));
        if (!isBefore) continue;
        best = line;
        head = own;
      }
      if (best === undefined || head === undefined) return undefined;
      best.waiting.pop();
      const line = best;
      return {
        request: head,
        placed: (milli) => {
          line.held += milli;
        },
      };
    },
  };
}

function isEarlier(a: Request, b: Request): boolean {
  return a.askedAtMs < b.askedAtMs || (a.askedAtMs === b.askedAtMs && a.id < b.id);
}
