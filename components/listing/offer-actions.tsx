import type { OfferDeeds } from './offer-line.ts';

/**
 * Beside an offer of a search: put it into the tray, and why it stands where it stands. Links and a `details`: no script.
 * Stands in SoftLinks; its signs are drawn by `offers.css`.
 */
export function OfferActions({ deeds, about }: { deeds: OfferDeeds; about: string }) {
  const { compare, place, reasons } = deeds;
  return (
    <div className="offer-deeds">
      {compare.href === null ? (
        <span>Tray is full</span>
      ) : compare.chosen ? (
        <a href={compare.href} data-stay="" aria-current="true" aria-label={`In the tray, take ${about} out`}>
          In the tray
        </a>
      ) : (
        <a href={compare.href} data-stay="" aria-label={`Compare ${about}`}>
          Compare
        </a>
      )}
      <details>
        <summary aria-label={`Why no. ${place} for ${about}`}>{`Why no. ${place}`}</summary>
        {reasons.map(({ by, value }) => (
          <p key={by}>
            {`${by}: `}
            <span>{value}</span>
          </p>
        ))}
      </details>
    </div>
  );
}
