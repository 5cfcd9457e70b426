import type { FactGroup } from '#components/ui/fact-list.tsx';
import { duration } from '#components/ui/instant.ts';
import { Money } from '#components/ui/money.tsx';
import { TimeAgo } from '#components/ui/time-ago.tsx';
import { hoursWords } from '#lib/catalogue/calendar-rules.ts';
import { placeLabel } from '#lib/catalogue/country.ts';
import { formatBasisPoints, formatBitsPerSecond, formatBytes, formatBytesPerSecond } from '#lib/catalogue/quantity.ts';
import type { ListingPage } from '#lib/catalogue/queries/listing.ts';
import { formatSpan } from '#lib/catalogue/span-words.ts';

const unsaid = <span className="text-muted">not reported</span>;
const day = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeZone: 'UTC' });

/** What is offered, grouped: what computes, what remembers, the machine around it, the way to it, and the terms. */
export function listingFacts(listing: ListingPage): FactGroup[] {
  return [compute(listing), memory(listing), machine(listing), network(listing), terms(listing)];
}

/** The date under what was measured; nothing where it is not known. */
function measured({ measuredAt }: ListingPage, what = 'measured') {
  return measuredAt === null ? undefined : (
    <>
      {what} <TimeAgo at={measuredAt} />
    </>
  );
}

function compute(listing: ListingPage): FactGroup {
  const { specification: spec, driver } = listing;
  const count = listing.gpus.length;
  return {
    title: 'Compute',
    facts: [
      { label: 'GPU', value: count === 1 ? listing.gpuModel : `${count} × ${listing.gpuModel}` },
      { label: 'Driver', value: driver.driverVersion ?? unsaid, hint: measured(listing, 'read') },
      { label: 'CUDA', value: driver.cudaVersion ? `up to ${driver.cudaVersion}` : unsaid },
      { label: 'Bus', value: driver.pcie ?? unsaid },
      {
        label: 'Power limit',
        value: driver.powerLimitWatts === null ? unsaid : `${Math.round(driver.powerLimitWatts)} W`,
      },
      {
        label: 'CPU',
        value: spec.cpuModel,
        hint: `${spec.cpuThreads} threads, ${perGpu(spec.cpuThreads / count)} with each GPU`,
      },
    ],
  };
}

function memory(listing: ListingPage): FactGroup {
  const { specification: spec, driver } = listing;
  const vram = listing.gpus[0]?.vramBytes;
  const count = listing.gpus.length;
  return {
    title: 'Memory',
    facts: [
      {
        label: 'VRAM',
        value: vram === undefined ? unsaid : `${formatBytes(vram)} each`,
        hint: vram === undefined || count === 1 ? undefined : `${formatBytes(vram * BigInt(count))} together`,
      },
      { label: 'ECC', value: driver.ecc === null ? unsaid : driver.ecc ? 'on' : 'off' },
      {
        label: 'RAM',
        value: formatBytes(spec.memoryBytes),
        hint: `${formatBytes((spec.memoryBytes * 0.9) / count)} with each GPU`,
      },
    ],
  };
}

function machine(listing: ListingPage): FactGroup {
  const { specification: spec, record } = listing;
  return {
    title: 'Host machine',
    facts: [
      { label: 'Disk', value: `${formatBytes(spec.diskFreeBytes)} free`, hint: measured(listing) },
      {
        label: 'Disk writes',
        value: spec.diskWriteBytesPerSecond === null ? unsaid : formatBytesPerSecond(spec.diskWriteBytesPerSecond),
        hint: spec.diskWriteBytesPerSecond === null ? undefined : measured(listing),
      },
      {
        label: 'Time to shell',
        value: record.medianStartSeconds === null ? unsaid : seconds(record.medianStartSeconds),
        hint:
          record.medianStartSeconds === null
            ? 'no start in 90 days'
            : `median of ${record.starts} ${record.starts === 1 ? 'start' : 'starts'} in 90 days, image and all`,
      },
      { label: 'System', value: spec.os, hint: spec.kernel },
      { label: 'Docker', value: spec.docker?.version ?? 'not running' },
    ],
  };
}

function network(listing: ListingPage): FactGroup {
  const { specification: spec } = listing;
  const speed = (bits: number | null) => (bits === null ? unsaid : formatBitsPerSecond(bits));
  return {
    title: 'Network',
    facts: [
      {
        label: 'Download',
        value: speed(spec.networkDownBitsPerSecond),
        hint: spec.networkDownBitsPerSecond === null ? undefined : measured(listing),
      },
      {
        label: 'Upload',
        value: speed(spec.networkUpBitsPerSecond),
        hint: spec.networkUpBitsPerSecond === null ? undefined : measured(listing),
      },
      { label: 'Place', value: placeLabel(listing.region, listing.country), hint: 'as the host states it' },
      { label: 'Way in', value: 'ssh through a blind relay', hint: 'no port of the host is open' },
      { label: 'Traffic', value: 'not billed' },
    ],
  };
}

function terms(listing: ListingPage): FactGroup {
  const { terms: asked, hours } = listing;
  const { calendar } = hours;
  const count = listing.gpus.length;
  return {
    title: 'Terms',
    facts: [
      {
        label: 'Rented together',
        value:
          count === asked.minGpus
            ? count === 1
              ? 'its one GPU'
              : `all ${count} GPUs`
            : `${asked.minGpus} to ${count} GPUs`,
      },
      {
        label: 'How long',
        value:
          calendar.mostSeconds === null
            ? `from ${formatSpan(calendar.leastSeconds)}`
            : `${formatSpan(calendar.leastSeconds)} to ${formatSpan(calendar.mostSeconds)}`,
      },
      {
        label: 'Hours',
        value: calendar.hours.length === 0 ? 'at any time' : calendar.hours.map(hoursWords).join(', '),
        hint: calendar.hours.length === 0 ? undefined : calendar.zone,
      },
      { label: 'Offered until', value: asked.endsAt === null ? 'no end set' : day.format(asked.endsAt) },
      { label: 'Maintenance', value: `${formatSpan(calendar.maintenanceNoticeSeconds)} of notice` },
      {
        label: 'Disk',
        value: <Money micros={asked.diskPriceMicrosPerGibMonth} per="GiB-month" />,
        hint: 'a month is 30 days',
      },
      {
        label: 'Fee of this market',
        value: formatBasisPoints(listing.feeBasisPoints),
        hint: 'of the price, nothing on top',
      },
      { label: 'All of it', value: 'frozen when you book' },
    ],
  };
}

function perGpu(threads: number): string {
  return threads >= 10 ? threads.toFixed(0) : threads.toFixed(1).replace(/\.0$/, '');
}

function seconds(median: number): string {
  return median < 60 ? `${median.toFixed(1)} s` : duration(median);
}
