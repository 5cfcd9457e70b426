/** Amounts as a person reads them. Rules never use these. */

const KIB = 1024;

function short(value: number): string {
  return (value >= 100 ? value.toFixed(0) : value.toFixed(1)).replace(/\.0$/, '');
}

/** Bytes in binary units: "24 GiB", "1.8 TiB", "512 MiB". */
export function formatBytes(bytes: number | bigint): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const;
  let value = Number(bytes);
  let unit = 0;
  while (unit < units.length - 1 && Number(short(value)) >= KIB) {
    value /= KIB;
    unit += 1;
  }
  return `${short(value)} ${units[unit]}`;
}

function decimal(value: number, units: readonly string[]): string {
  let scaled = value;
  let unit = 0;
  while (unit < units.length - 1 && Number(short(scaled)) >= 1000) {
    scaled /= 1000;
    unit += 1;
  }
  return `${short(scaled)} ${units[unit]}`;
}

/** Bits per second in decimal units: "940 Mbit/s", "10 Gbit/s". */
export function formatBitsPerSecond(bits: number): string {
  return decimal(bits, ['bit/s', 'kbit/s', 'Mbit/s', 'Gbit/s', 'Tbit/s']);
}

/** Bytes per second in decimal units, as disks are sold: "3.2 GB/s". */
export function formatBytesPerSecond(bytes: number): string {
  return decimal(bytes, ['B/s', 'kB/s', 'MB/s', 'GB/s', 'TB/s']);
}

/** A share in basis points as a percentage, never rounded up: 9,999 is "99.99 %". */
export function formatBasisPoints(basisPoints: number): string {
  return `${(basisPoints / 100).toFixed(2).replace(/\.?0+$/, '')} %`;
}
