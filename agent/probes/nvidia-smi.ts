import { XMLParser, XMLValidator } from 'fast-xml-parser';
import type { GpuSpecification } from '../../protocol/specification.ts';
import { ProbeFailure } from './failure.ts';

/** GPUs that can be offered, and a sentence for each that cannot or that deserves a look. */
export type GpuReading = { gpus: GpuSpecification[]; problems: string[] };

const LONGEST_DOCUMENT = 8 * 1024 * 1024;
const MOST_GPUS = 64;

const parser = new XMLParser({
  parseTagValue: false,
  processEntities: false,
  ignoreAttributes: true,
  isArray: (name, path) => name === 'gpu' && path === 'nvidia_smi_log.gpu',
});

/**
 * Reads what `nvidia-smi -q -x` printed (document types v10 to v13; fields moved and were renamed between them).
 * A field that is missing, "N/A" or unknown is null. Throws nothing but {@link ProbeFailure}.
 */
export function parseNvidiaSmi(xml: string): GpuReading {
  const log = parseDocument(xml);
  const driverVersion = word(at(log, 'driver_version'));
  const cudaVersion = word(at(log, 'cuda_version'));
  const nodes = Array.isArray(log.gpu) ? log.gpu.slice(0, MOST_GPUS) : [];
  const reading: GpuReading = { gpus: [], problems: [] };
  for (const [index, node] of nodes.entries()) {
    const uuid = word(at(node, 'uuid'));
    const vramBytes = bytes(at(node, 'fb_memory_usage', 'total'));
    const model = word(at(node, 'product_name')) ?? 'NVIDIA GPU';
    if (uuid === null || vramBytes === null) {
      const missing = uuid === null ? 'UUID' : 'amount of memory';
      reading.problems.push(`GPU ${index} (${model}) reports no ${missing}, so it cannot be offered.`);
      continue;
    }
    if (reading.gpus.some((gpu) => gpu.uuid === uuid)) {
      reading.problems.push(`GPU ${index} (${model}) reports the UUID of another GPU, so it cannot be offered.`);
      continue;
    }
    const mig = onOff(at(node, 'mig_mode', 'current_mig'));
    if (mig === true) {
      reading.problems.push(
        `MIG is enabled on GPU ${index} (${model}); GPUs are rented whole. Turn it off with: nvidia-smi -i ${index} -mig 0`,
      );
    }
    const link = at(node, 'pci', 'pci_gpu_link_info');
    reading.gpus.push({
      index,
      uuid,
      model,
      vramBytes,
      driverVersion,
      cudaVersion,
      // The current generation drops while a GPU idles; the width does not, and tells a narrow slot.
      pcieGeneration:
        whole(at(link, 'pcie_gen', 'max_link_gen'), 16) ?? whole(at(link, 'pcie_gen', 'current_link_gen'), 16),
      pcieWidth:
        whole(at(link, 'link_widths', 'current_link_width'), 64) ??
        whole(at(link, 'link_widths', 'max_link_width'), 64),
      powerLimitWatts:
        quantity(at(node, 'power_readings', 'enforced_power_limit'), 'W', 0, 10_000) ??
        quantity(at(node, 'power_readings', 'power_limit'), 'W', 0, 10_000) ??
        quantity(at(node, 'gpu_power_readings', 'current_power_limit'), 'W', 0, 10_000),
      temperatureCelsius: quantity(at(node, 'temperature', 'gpu_temp'), 'C', -100, 250),
      utilisationPercent: quantity(at(node, 'utilization', 'gpu_util'), '%', 0, 100),
      ecc: onOff(at(node, 'ecc_mode', 'current_ecc')),
      mig,
      powerWatts:
        quantity(at(node, 'power_readings', 'power_draw'), 'W', 0, 10_000) ??
        quantity(at(node, 'gpu_power_readings', 'instant_power_draw'), 'W', 0, 10_000) ??
        quantity(at(node, 'gpu_power_readings', 'power_draw'), 'W', 0, 10_000),
      ...lifeOf(node),
    });
  }
  if (nodes.length === 0) reading.problems.push('nvidia-smi works but reports no GPU.');
  return reading;
}

type Node = Record<string, unknown>;

/** What a GPU says of its whole life. The counters were named anew with each generation of the document. */
function lifeOf(node: unknown): Pick<GpuSpecification, 'uncorrectedErrors' | 'retiredPages'> {
  const aggregate = at(node, 'ecc_errors', 'aggregate');
  const uncorrected = [
    ...namedCounts(aggregate, /^[sd]ram_uncorrectable/),
    counted(at(aggregate, 'double_bit', 'total')),
  ];
  const retired = [
    counted(at(node, 'retired_pages', 'multiple_single_bit_retirement', 'retired_count')),
    counted(at(node, 'retired_pages', 'double_bit_retirement', 'retired_count')),
    counted(at(node, 'remapped_rows', 'remapped_row_unc')),
  ];
  return { uncorrectedErrors: sumOfSaid(uncorrected), retiredPages: sumOfSaid(retired) };
}

function namedCounts(node: unknown, name: RegExp): (number | null)[] {
  if (typeof node !== 'object' || node === null) return [];
  return Object.entries(node).flatMap(([key, value]) => (name.test(key) ? [counted(value)] : []));
}

function counted(value: unknown): number | null {
  const text = word(value) ?? '';
  return /^\d{1,12}$/.test(text) ? Number(text) : null;
}

/** Null when nothing was said. */
function sumOfSaid(figures: readonly (number | null)[]): number | null {
  const said = figures.filter((figure) => figure !== null);
  return said.length === 0 ? null : said.reduce((sum, figure) => sum + figure, 0);
}

function parseDocument(xml: string): Node {
  const rubbish = new ProbeFailure(
    'nvidia-smi printed something that is not its XML report. Run "nvidia-smi -q -x" yourself to see it; reinstalling the NVIDIA driver usually mends this.',
  );
  if (xml.length > LONGEST_DOCUMENT) throw rubbish;
  let document: unknown;
  try {
    if (XMLValidator.validate(xml) !== true) throw rubbish;
    document = parser.parse(xml);
  } catch {
    throw rubbish;
  }
  const log = at(document, 'nvidia_smi_log');
  if (typeof log !== 'object' || log === null) throw rubbish;
  return log as Node;
}

function at(node: unknown, ...path: string[]): unknown {
  let found = node;
  for (const name of path) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, name)) return undefined;
    found = (found as Node)[name];
  }
  return found;
}

const SAYS_NOTHING =
  /^(|n\/a|\[n\/a\]|not found|unknown error|\[unknown error\]|none|err!?|requested functionality .*)$/i;

function word(value: unknown): string | null {
  if (typeof value !== 'string') return null;
  // Text from a driver is shown on pages and terminals: control characters have no business in it.
  const clean = value
    .replace(/\p{Cc}+/gu, ' ')
    .trim()
    .slice(0, 200);
  return SAYS_NOTHING.test(clean) ? null : clean;
}

function quantity(value: unknown, unit: string, least: number, most: number): number | null {
  const match = /^(-?\d{1,12}(?:\.\d{1,6})?)\s*(\S*)$/.exec(word(value) ?? '');
  if (match === null || (match[2] !== '' && match[2] !== unit)) return null;
  const number = Number(match[1]);
  return number >= least && number <= most ? number : null;
}

function whole(value: unknown, most: number): number | null {
  const match = /^(\d{1,3})x?$/.exec(word(value) ?? '');
  const number = Number(match?.[1]);
  return match !== null && number > 0 && number <= most ? number : null;
}

const BYTES_PER: Record<string, number> = { KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30 };

function bytes(value: unknown): number | null {
  const match = /^(\d{1,12})\s*(KiB|MiB|GiB)$/.exec(word(value) ?? '');
  const total = Number(match?.[1]) * (BYTES_PER[match?.[2] ?? ''] ?? Number.NaN);
  return Number.isSafeInteger(total) && total > 0 ? total : null;
}

function onOff(value: unknown): boolean | null {
  const text = word(value);
  return text === 'Enabled' ? true : text === 'Disabled' ? false : null;
}
