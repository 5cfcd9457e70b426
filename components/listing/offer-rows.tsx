import { OfferActions } from './offer-actions.tsx';
import { OfferBadges } from './offer-badges.tsx';
import { offerHref } from './offer-hrefs.ts';
import type { OfferLine } from './offer-line.ts';
import { PriceTag } from './price-tag.tsx';

/** The rows of a list of offers: plain cells, for there are hundreds. */
export function OfferRows({ lines }: { lines: readonly OfferLine[] }) {
  return lines.map((line) => (
    <tr key={line.id}>
      <th scope="row">
        <a href={offerHref(line.id)}>{line.name}</a>
        {line.free.map((words) => (
          <small key={words}>{words}</small>
        ))}
      </th>
      <td data-label="Memory each" className="num">
        {line.memory}
      </td>
      <td className="host">
        <div>
          {line.place}
          <small>{line.machine}</small>
        </div>
        <OfferBadges badges={line.badges} />
        {line.deeds && <OfferActions deeds={line.deeds} about={`${line.name} on ${line.machine}`} />}
      </td>
      <td data-label="Reliability" className={line.reliabilityTone === '' ? 'num' : `num ${line.reliabilityTone}`}>
        {line.reliability}
      </td>
      <td className="num">
        {line.cpu}
        <small>{line.rest}</small>
      </td>
      {line.finish && (
        <td data-label="To finish" className="num">
          <b>{line.finish[0]}</b>
          {line.finish[1] && <small>{line.finish[1]}</small>}
          {line.tooFew !== undefined && <small className="text-warn-ink">{line.tooFew}</small>}
        </td>
      )}
      {line.shell && (
        <td data-label="First shell" className="num">
          {line.shell}
        </td>
      )}
      <td className="num price">
        <b>{line.price}</b>
        {line.label && <PriceTag word={line.label} listingId={line.id} />}
      </td>
    </tr>
  ));
}
