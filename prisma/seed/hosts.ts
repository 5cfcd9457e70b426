/** Who offers the simulated machines. Made up, and plainly so. */
export type SimulatedHost = { readonly slug: string; readonly name: string; readonly countries: readonly string[] };

export const SIMULATED_HOSTS: readonly SimulatedHost[] = [
  { slug: 'long-star-bench', name: 'Long Star Lab Bench (simulated)', countries: ['US'] },
  { slug: 'great-lake-shed', name: 'Great Lake Gear Shed (simulated)', countries: ['US'] },
  { slug: 'maple-rackhouse', name: 'Maple Rackhouse (simulated)', countries: ['CA'] },
  { slug: 'atelier-carton', name: 'Atelier Carton (simulated)', countries: ['FR', 'IT'] },
  { slug: 'kellerkiste', name: 'Kellerkiste (simulated)', countries: ['DE', 'GB'] },
  { slug: 'danube-den', name: 'Danube Den (simulated)', countries: ['HU', 'BG', 'HR', 'SI', 'RO'] },
  { slug: 'northern-loft', name: 'Northern Loft (simulated)', countries: ['IS', 'FI', 'SE'] },
  { slug: 'formosa-fan-farm', name: 'Formosa Fan Farm (simulated)', countries: ['TW'] },
  { slug: 'pacific-attic', name: 'Pacific Attic (simulated)', countries: ['JP', 'TH', 'VN', 'HK', 'CN'] },
  { slug: 'outback-oven', name: 'Outback Oven (simulated)', countries: ['AU'] },
];

export function emailOf(host: SimulatedHost): string {
  return `${host.slug}@hosts.demo.sublet.test`;
}

/** The host of the n-th machine of a country, in turns where a country has several. */
export function hostFor(country: string, turn: number): SimulatedHost {
  const there = SIMULATED_HOSTS.filter((host) => host.countries.includes(country));
  const host = there[turn % Math.max(1, there.length)] ?? SIMULATED_HOSTS[0];
  if (host === undefined) throw new Error('no simulated host');
  return host;
}
