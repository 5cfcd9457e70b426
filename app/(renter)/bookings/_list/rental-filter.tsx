import { Button } from '#components/ui/button.tsx';
import { Input, Select } from '#components/ui/controls.tsx';
import { RENTALS_SHOWN, type RentalShown } from '#lib/bookings/queries/rentals.ts';

/** What a list of bookings shows, as its address says it. */
export type ListFilter = {
  readonly state: 'live' | 'past';
  readonly find: string;
  readonly show: RentalShown | undefined;
  readonly model: string | undefined;
  readonly after: string | undefined;
};

type Params = Readonly<Record<string, string | string[] | undefined>>;

/** Reads an address; what makes no sense in it is left out. */
export function readFilter(asked: Params): ListFilter {
  const one = (name: string) => (typeof asked[name] === 'string' ? asked[name].trim().slice(0, 100) : '');
  const state = one('state') === 'past' ? 'past' : 'live';
  return {
    state,
    find: one('find'),
    show: state === 'past' ? undefined : RENTALS_SHOWN.find((shown) => shown === one('show')),
    model: one('model') || undefined,
    after: one('after') || undefined,
  };
}

/** The address of a list. */
export function hrefOf({ state, ...rest }: Partial<ListFilter> & Pick<ListFilter, 'state'>): string {
  const words = new URLSearchParams();
  if (state === 'past') words.set('state', state);
  for (const [name, word] of Object.entries(rest)) if (word) words.set(name, word);
  return `/bookings${words.size === 0 ? '' : `?${words}`}`;
}

const SHOWN: Record<RentalShown, string> = {
  running: 'running',
  starting: 'on their way',
  stopped: 'stopped',
  reserved: 'reserved ahead',
};

/** Narrows a list: a form of plain fields whose answer is an address. */
export function RentalFilter({ filter, models }: { filter: ListFilter; models: readonly string[] }) {
  const { state, find, show, model } = filter;
  return (
    <form
      method="get"
      action="/bookings"
      className="grid min-w-0 grid-cols-[minmax(0,1fr)] gap-2 sm:grid-flow-col sm:grid-cols-[minmax(0,2fr)] sm:auto-cols-[minmax(0,1fr)] sm:[&>button]:justify-self-start"
    >
      {state === 'past' && <input type="hidden" name="state" value="past" />}
      <Input
        name="find"
        defaultValue={find}
        aria-label="Name, image or machine"
        placeholder="Name, image or machine"
        autoComplete="off"
        maxLength={100}
      />
      {state === 'live' && (
        <Select name="show" defaultValue={show ?? ''} aria-label="State">
          <option value="">any state</option>
          {RENTALS_SHOWN.map((one) => (
            <option key={one} value={one}>
              {SHOWN[one]}
            </option>
          ))}
        </Select>
      )}
      {models.length > 1 && (
        <Select name="model" defaultValue={model ?? ''} aria-label="GPU model">
          <option value="">any GPU</option>
          {models.map((one) => (
            <option key={one} value={one}>
              {one}
            </option>
          ))}
        </Select>
      )}
      <Button type="submit">Filter</Button>
    </form>
  );
}
