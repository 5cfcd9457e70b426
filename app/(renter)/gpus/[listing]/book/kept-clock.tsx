'use client';

import { useEffect, useState } from 'react';

type KeptClockProps = {
  until: Date | null;
  /** The money for it is kept in the wallet as long. */
  withMoney: boolean;
  onOver: () => void;
};

/** How long a price is kept, counting down; at the end it is asked for again, as soon as somebody looks. */
export function KeptClock({ until, withMoney, onOver }: KeptClockProps) {
  const end = until === null ? null : new Date(until).getTime();
  const [left, setLeft] = useState<number | null>(null);

  useEffect(() => {
    if (end === null) return;
    let asked = false;
    function tick() {
      const seconds = Math.max(0, Math.ceil(((end ?? 0) - Date.now()) / 1_000));
      setLeft(seconds);
      if (seconds > 0 || asked || document.hidden) return;
      asked = true;
      onOver();
    }
    tick();
    const timer = setInterval(tick, 1_000);
    return () => clearInterval(timer);
  }, [end, onOver]);

  return (
    <span className="tabular">
      {withMoney ? 'This price, and the money for it, are kept for' : 'This price is kept for'}{' '}
      {end === null || left === null ? '5 minutes' : `${Math.floor(left / 60)}:${String(left % 60).padStart(2, '0')}`}.{' '}
    </span>
  );
}
