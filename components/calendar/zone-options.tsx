'use client';

import { type Packed, unpack } from '#components/ui/packed.ts';

/** The time zones that a field with `list="zones"` proposes: four hundred, which travel as their names. */
export function ZoneOptions({ zones }: { zones: Packed<readonly string[]> }) {
  return (
    <datalist id="zones">
      {unpack(zones).map((zone) => (
        <option key={zone} value={zone} />
      ))}
    </datalist>
  );
}
