import type { FactGroup } from '#components/ui/fact-list.tsx';
import { Money } from '#components/ui/money.tsx';
import { TimeAgo } from '#components/ui/time-ago.tsx';
import { placeLabel } from '#lib/catalogue/country.ts';
import { formatBitsPerSecond, formatBytes, formatBytesPerSecond } from '#lib/catalogue/quantity.ts';
import type { ListingPage } from '#lib/catalogue/queries/listing.ts';

const unsaid = <span className="text-muted">not reported</span>;
const day = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeZone: 'UTC' });

/** What is offered, grouped: the card, the machine around it, the way to it, and the terms. */
export function listingFacts(listing: ListingPage): FactGroup[] {
  const { specification: spec, driver, terms } = listing;
  const count = listing.gpus.length;
  return [
    {
      title: 'GPU',
      facts: [
        { label: 'Model', value: listing.gpuModel },
        { label: 'Memory', value: listing.gpus[0] ? `${formatBytes(listing.gpus[0].vramBytes)} each` : unsaid },
        { label: 'Driver', value: driver.driverVersion ?? unsaid },
        { label: 'CUDA', value: driver.cudaVersion ? `up to ${driver.cudaVersion}` : unsaid },
        { label: 'Bus', value: driver.pcie ?? unsaid },
      ],
    },
    {
      title: 'Machine',
      facts: [
        { label: 'CPU', value: spec.cpuModel, hint: `${spec.cpuThreads} threads` },
        { label: 'RAM', value: formatBytes(spec.memoryBytes) },
        {
          label: 'Disk',
          value: `${formatBytes(spec.diskFreeBytes)} free`,
          hint:
            spec.diskWriteBytesPerSecond === null
              ? undefined
              : `writes ${formatBytesPerSecond(spec.diskWriteBytesPerSecond)}`,
        },
        { label: 'System', value: spec.os, hint: spec.kernel },
        { label: 'Docker', value: spec.docker?.version ?? 'not running' },
      ],
    },
    {
      title: 'Network and place',
      facts: [
        {
          label: 'Download',
          value: spec.networkDownBitsPerSecond === null ? unsaid : formatBitsPerSecond(spec.networkDownBitsPerSecond),
        },
        {
          label: 'Upload',
          value: spec.networkUpBitsPerSecond === null ? unsaid : formatBitsPerSecond(spec.networkUpBitsPerSecond),
        },
        { label: 'Place', value: placeLabel(listing.region, listing.country), hint: 'as the host states it' },
        { label: 'Traffic', value: 'not billed' },
      ],
    },
    {
      title: 'Terms',
      facts: [
        { label: 'GPU', value: <Money micros={terms.priceMicrosPerGpuHour} per="GPU-hour" /> },
        {
          label: 'Disk',
          value: <Money micros={terms.diskPriceMicrosPerGibMonth} per="GiB-month" />,
          hint: 'a month is 30 days',
        },
        {
          label: 'Rented together',
          value:
            count === terms.minGpus
              ? count === 1
                ? 'its one GPU'
                : `all ${count} GPUs`
              : `${terms.minGpus} to ${count} GPUs`,
        },
        { label: 'Offered until', value: terms.endsAt === null ? 'no end set' : day.format(terms.endsAt) },
        { label: 'Terms', value: 'frozen when you book' },
      ],
    },
    {
      title: 'Host',
      facts: [
        { label: 'Name', value: listing.host.name },
        { label: 'Here since', value: day.format(listing.host.since) },
        { label: 'Machines', value: listing.host.machines },
        ...(listing.publishedAt === null ? [] : [{ label: 'Published', value: <TimeAgo at={listing.publishedAt} /> }]),
        ...(listing.staffCheckedAt === null || listing.trust !== 'checkedByStaff'
          ? []
          : [{ label: 'Checked by staff', value: day.format(listing.staffCheckedAt) }]),
      ],
    },
  ];
}
