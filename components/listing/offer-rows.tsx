'use client';

import { Td, Th } from '#components/ui/cells.tsx';
import { OfferActions } from './offer-actions.tsx';
import { OfferBadges } from './offer-badges.tsx';
import { offerHref } from './offer-hrefs.ts';
import type { OfferLine } from './offer-line.ts';
import { PriceTag } from './price-tag.tsx';

/**
 * The rows of a list of offers. Nothing in them reacts; they are drawn in the browser as well because their words are a fifth
 * of their markup, which would otherwise travel twice and be read and written three times by the server.
 */
export function OfferRows({ lines }: { lines: readonly OfferLine[] }) {
  return lines.map((line) => (
    <tr key={line.id}>
      <Th scope="row">
        <a href={offerHref(line.id)}>{line.name}</a>
        {line.free.map((words) => (
          <small key={words}>{words}</small>
        ))}
      </Th>
      <Td numeric label="Memory each">
        {line.memory}
      </Td>
      <Td className="host">
        <div>
          {line.place}
          <small>{line.machine}</small>
        </div>
        <OfferBadges badges={line.badges} />
        {line.deeds && <OfferActions deeds={line.deeds} about={`${line.name} on ${line.machine}`} />}
      </Td>
      <Td numeric label="Reliability" className={line.reliabilityTone}>
        {line.reliability}
      </Td>
      <Td numeric>
        {line.cpu}
        <small>{line.rest}</small>
      </Td>
      {line.finish && (
        <Td numeric label="To finish">
          <b>{line.finish[0]}</b>
          {line.finish[1] && <small>{line.finish[1]}</small>}
          {line.tooFew !== undefined && <small className="text-warn-ink">{line.tooFew}</small>}
        </Td>
      )}
      {line.shell && (
        <Td numeric label="First shell">
          {line.shell}
        </Td>
      )}
      <Td numeric className="price">
        <b>{line.price}</b>
        {line.label && <PriceTag word={line.label} listingId={line.id} />}
      </Td>
    </tr>
  ));
}
