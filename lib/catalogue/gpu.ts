const GIB = 1_073_741_824;

const SPECIAL: readonly (readonly [RegExp, string])[] = [
  // Names by which a driver does not say what people call the card.
  [/^H100 80GB HBM3$/, 'H100 SXM'],
  [/^H100 PCIe$/i, 'H100 PCIE'],
  [/^RTX PRO 6000 Blackwell Server Edition$/, 'RTX PRO 6000 S'],
  [/^RTX 4070 Ti SUPER$/i, 'RTX 4070S Ti'],
  [/^RTX 4080 SUPER$/i, 'RTX 4080S'],
  [/^Tesla V100-SXM2-\d+GB$/, 'Tesla V100'],
];

/**
 * The name people use for a GPU, from the name its driver reports: "NVIDIA GeForce RTX 4090" is "RTX 4090",
 * "NVIDIA A100-SXM4-40GB" is "A100 SXM4". Memory is a fact of its own. What is unknown stays as it is, and a name that
 * was already made stays what it is.
 */
export function gpuModel(driverName: string): string {
  const name = driverName.trim().replace(/\s+/g, ' ');
  const shorter = withoutDecoration(name);
  // Until nothing changes any more: a prefix that stands twice is no more of a name than one that stands once.
  return shorter === '' || shorter === name ? name : gpuModel(shorter);
}

function withoutDecoration(driverName: string): string {
  const name = driverName.replace(/^NVIDIA /i, '').replace(/^(GeForce|Quadro) /i, '');
  for (const [pattern, known] of SPECIAL) if (pattern.test(name)) return known;
  return name
    .replace(/[ -]\d+GB\b/g, '')
    .replace(/ Generation$/i, '')
    .replace(/-/g, ' ')
    .replace(/\bPCIe\b/g, 'PCIE')
    .trim();
}

/**
 * The least memory that counts as "at least so many GiB": half a GiB below it, because a driver keeps some for itself
 * and a card sold with 24 GB reports 23.99 GiB.
 */
export function vramFloorBytes(gib: number): bigint {
  return BigInt(Math.round((gib - 0.5) * GIB));
}

/** Amounts of memory per GPU that a renter may ask for, in GiB. */
export const VRAM_CHOICES_GIB = [8, 10, 12, 16, 24, 32, 40, 45, 48, 80, 96, 140, 180] as const;

/** "2 × RTX 4090": what is offered, in words. */
export function gpuLabel(count: number, model: string): string {
  return count === 1 ? model : `${count} × ${model}`;
}

/** "PCIe 4.0 × 16", as far as the driver says. */
export function pcieLabel(generation: number | null, width: number | null): string | null {
  if (generation === null) return null;
  return width === null ? `PCIe ${generation}.0` : `PCIe ${generation}.0 × ${width}`;
}
