/** The forms that a bill can be taken away in: paths below `/api/v1/bookings/{id}`. */
const FILES = [
  { label: 'JSON', path: 'receipts', about: 'as a file that proves itself' },
  { label: 'CSV', path: 'bill.csv', about: 'as a table' },
  { label: 'PDF', path: 'bill.pdf', about: 'for people and paper' },
] as const;

/** Links that download the bill of a booking. */
export function BillFiles({ bookingId, name }: { bookingId: string; name: string }) {
  return (
    <span className="flex flex-wrap gap-x-3">
      {FILES.map((file) => (
        <a key={file.path} className="link" href={`/api/v1/bookings/${bookingId}/${file.path}`} download>
          {file.label}
          <span className="sr-only">
            : the bill of {name} {file.about}
          </span>
        </a>
      ))}
    </span>
  );
}
