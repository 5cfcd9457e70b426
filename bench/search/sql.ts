import { vramFloorBytes } from '#lib/catalogue/gpu.ts';
import { TRUST_TIERS } from '#lib/catalogue/machine.ts';
import type { OfferRow, OffersFound } from '#lib/catalogue/offer.ts';
import { GPU_COUNTS, type SearchAsk } from '#lib/catalogue/search.ts';

/**
 * The rivals get what is offered as one flat table, so that they need not join or measure anything, and are asked for less than the index
 * gives: ids, the total and the four facets, not what each filter leaves out.
 */
export const FLAT =
  'listing_id text, price bigint, vram_bytes bigint, model text, country text, tier smallint, points smallint, simulated boolean, total smallint, least smallint, free smallint, published_at bigint';

export type FlatRow = readonly [
  string,
  bigint,
  bigint,
  string,
  string | null,
  number,
  number | null,
  boolean,
  number,
  number,
  number,
  bigint,
];

export function flatRow(offer: OfferRow): FlatRow {
  return [
    offer.listingId,
    offer.priceMicrosPerGpuHour,
    offer.vramBytes,
    offer.gpuModel,
    offer.country,
    TRUST_TIERS.indexOf(offer.trust),
    offer.reliabilityBasisPoints,
    offer.simulated,
    offer.gpuCount,
    offer.minGpus,
    offer.freeGpus,
    BigInt(offer.publishedAt.getTime()),
  ];
}

/** The best that could be found for PostgreSQL: orders of the page with everything else in the index, so that the table is not touched. */
export const INDEXES = [
  'CREATE UNIQUE INDEX ON flat (price, listing_id) INCLUDE (vram_bytes, model, country, tier, points, simulated, total, least, free, published_at)',
  'CREATE UNIQUE INDEX ON flat (model, price, listing_id) INCLUDE (vram_bytes, country, tier, points, simulated, total, least, free, published_at)',
  'CREATE INDEX ON flat (country, price, listing_id) INCLUDE (vram_bytes, model, tier, points, simulated, total, least, free, published_at)',
  'CREATE INDEX ON flat (vram_bytes DESC, price, listing_id) INCLUDE (model, country, tier, points, simulated, total, least, free)',
  'CREATE INDEX ON flat (points DESC NULLS LAST, price, listing_id) INCLUDE (vram_bytes, model, country, tier, simulated, total, least, free)',
  'CREATE INDEX ON flat (published_at DESC, price, listing_id) INCLUDE (vram_bytes, model, country, tier, points, simulated, total, least, free)',
];

const quoted = (texts: readonly string[]) => texts.map((text) => `'${text.replaceAll("'", "''")}'`).join(', ');
const ALWAYS = 'true';

function conditionsOf(ask: SearchAsk) {
  const { gpus } = ask;
  const rest = [
    ask.vramGib === null ? ALWAYS : `vram_bytes >= ${vramFloorBytes(ask.vramGib)}`,
    ask.maxPriceMicrosPerGpuHour === null ? ALWAYS : `price <= ${ask.maxPriceMicrosPerGpuHour}`,
    ask.leastReliabilityBasisPoints === null ? ALWAYS : `points >= ${ask.leastReliabilityBasisPoints}`,
    ask.hideSimulated ? 'NOT simulated' : ALWAYS,
  ];
  const count = [
    gpus === null ? ALWAYS : `${gpus} BETWEEN least AND total`,
    ask.taken ? ALWAYS : gpus === null ? 'free >= least' : `free >= ${gpus}`,
  ];
  return {
    rest: and(rest),
    model: ask.models.length === 0 ? ALWAYS : `model IN (${quoted(ask.models)})`,
    country: ask.countries.length === 0 ? ALWAYS : `country IN (${quoted(ask.countries)})`,
    tier: `tier >= ${TRUST_TIERS.indexOf(ask.trust)}`,
    count: and(count),
    given: ask.taken ? 'total' : 'free',
    order: {
      price: '',
      vram: 'vram_bytes DESC, ',
      reliability: 'points DESC NULLS LAST, ',
      newest: 'published_at DESC, ',
      // No database knows them: the benchmark asks for none of these.
      cost: '',
      start: '',
    }[ask.sort],
  };
}

function and(conditions: readonly string[]): string {
  const said = conditions.filter((condition) => condition !== ALWAYS);
  return said.length === 0 ? ALWAYS : said.join(' AND ');
}

const NS = GPU_COUNTS.map((n) => `(${n})`).join(', ');

/** Each part by itself, so that each can use the index that suits it. */
export function inParts(ask: SearchAsk): string {
  const c = conditionsOf(ask);
  const all = and([c.rest, c.model, c.country, c.tier, c.count]);
  return `SELECT 'id' AS what, listing_id AS value, row_number() OVER () AS n FROM (
      SELECT listing_id FROM flat WHERE ${all} ORDER BY ${c.order}price, listing_id LIMIT 50) top
    UNION ALL SELECT 'total', '', count(*) FROM flat WHERE ${all}
    UNION ALL SELECT 'model', model, count(*) FROM flat WHERE ${and([c.rest, c.country, c.tier, c.count])} GROUP BY model
    UNION ALL SELECT 'country', country, count(*) FROM flat WHERE country IS NOT NULL AND ${and([c.rest, c.model, c.tier, c.count])} GROUP BY country
    UNION ALL SELECT 'tier', CAST(tier AS text), count(*) FROM flat WHERE ${and([c.rest, c.model, c.country, c.count])} GROUP BY tier
    UNION ALL SELECT 'gpus', CAST(g.n AS text), count(*) FROM flat JOIN (VALUES ${NS}) g(n) ON g.n BETWEEN least AND ${c.given}
      WHERE ${and([c.rest, c.model, c.country, c.tier])} GROUP BY g.n`;
}

/** One reading of the table: what fails at most one of the faceted filters, then everything from that. */
export function inOnePass(ask: SearchAsk): string {
  const c = conditionsOf(ask);
  return `WITH near AS MATERIALIZED (
      SELECT * FROM (
        SELECT listing_id, price, vram_bytes, points, published_at, model, country, tier, least, ${c.given} AS given,
          (${c.model}) AS ok_model, coalesce(${c.country}, false) AS ok_country, (${c.tier}) AS ok_tier, (${c.count}) AS ok_count
        FROM flat WHERE ${c.rest}) judged
      WHERE CAST(ok_model AS int) + CAST(ok_country AS int) + CAST(ok_tier AS int) + CAST(ok_count AS int) >= 3)
    SELECT 'id' AS what, listing_id AS value, row_number() OVER () AS n FROM (
      SELECT listing_id FROM near WHERE ok_model AND ok_country AND ok_tier AND ok_count ORDER BY ${c.order}price, listing_id LIMIT 50) top
    UNION ALL SELECT 'total', '', count(*) FROM near WHERE ok_model AND ok_country AND ok_tier AND ok_count
    UNION ALL SELECT 'model', model, count(*) FROM near WHERE ok_country AND ok_tier AND ok_count GROUP BY model
    UNION ALL SELECT 'country', country, count(*) FROM near WHERE country IS NOT NULL AND ok_model AND ok_tier AND ok_count GROUP BY country
    UNION ALL SELECT 'tier', CAST(tier AS text), count(*) FROM near WHERE ok_model AND ok_country AND ok_count GROUP BY tier
    UNION ALL SELECT 'gpus', CAST(g.n AS text), count(*) FROM near JOIN (VALUES ${NS}) g(n) ON g.n BETWEEN least AND given
      WHERE ok_model AND ok_country AND ok_tier GROUP BY g.n`;
}

export type Said = readonly { readonly what: string; readonly value: string; readonly n: number }[];

/** An answer as one text, the same for whoever gave it. */
export function answerOf(said: Said): string {
  const ids = said.filter(({ what }) => what === 'id').sort((a, b) => a.n - b.n);
  const counts = said
    .filter(({ what, n }) => what !== 'id' && n > 0)
    .map(({ what, value, n }) => `${what} ${value}: ${n}`);
  return [...ids.map(({ value }) => value), ...counts.sort()].join('\n');
}

export function saidBy(found: OffersFound): Said {
  return [
    ...found.rows.map((row, at) => ({ what: 'id', value: row.listingId, n: at + 1 })),
    { what: 'total', value: '', n: found.total },
    ...found.models.map(({ model, offers }) => ({ what: 'model', value: model, n: offers })),
    ...found.countries.map(({ country, offers }) => ({ what: 'country', value: country, n: offers })),
    ...TRUST_TIERS.map((tier, at) => ({ what: 'tier', value: String(at), n: found.tiers[tier] })),
    ...found.gpuCounts.map(({ count, offers }) => ({ what: 'gpus', value: String(count), n: offers })),
  ];
}
