'use client';

import { useEffect, useState } from 'react';

/** Tells with a form which time zone the browser has; nothing without scripts. */
export function ZoneField() {
  const [zone, setZone] = useState('');
  useEffect(() => setZone(Intl.DateTimeFormat().resolvedOptions().timeZone), []);
  return <input type="hidden" name="zone" value={zone} />;
}
