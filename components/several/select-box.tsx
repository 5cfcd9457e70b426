/** Chooses one of a list for the bar above it; over a row that is a link as a whole. */
export function SelectBox({ id, name }: { id: string; name: string }) {
  return (
    <label className="relative z-10 inline-flex size-6 items-center justify-center">
      <span className="sr-only">Choose {name}</span>
      <input type="checkbox" form="several" name="id" value={id} className="size-4 accent-accent" />
    </label>
  );
}
