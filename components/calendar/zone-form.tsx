'use client';

import { useEffect, useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Select } from '#components/ui/controls.tsx';

type ZoneFormProps = {
  zone: string;
  zones: readonly string[];
  /** More of the address that is to stay. */
  keep: Readonly<Record<string, string>>;
};

/** Chooses the zone whose days and times a page shows. The browser's own stands first, once scripts run. */
export function ZoneForm({ zone, zones, keep }: ZoneFormProps) {
  const [own, setOwn] = useState<string | null>(null);
  useEffect(() => setOwn(Intl.DateTimeFormat().resolvedOptions().timeZone), []);
  return (
    <form method="get" className="flex min-w-0 items-center gap-2">
      {Object.entries(keep).map(([name, value]) => (
        <input key={name} type="hidden" name={name} value={value} />
      ))}
      <label htmlFor="zone" className="sr-only">
        Time zone
      </label>
      <Select
        key={own ?? ''}
        id="zone"
        name="zone"
        defaultValue={zone}
        className="min-w-0 max-w-56 flex-1 sm:flex-none"
      >
        {own !== null && own !== zone && <option value={own}>{own} (yours)</option>}
        {zones.map((one) => (
          <option key={one} value={one}>
            {one}
          </option>
        ))}
      </Select>
      <Button type="submit" size="sm">
        Show
      </Button>
    </form>
  );
}
