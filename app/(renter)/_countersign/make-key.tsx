'use client';

import { useEffect } from 'react';
import { whyNoKey } from '#components/booking/client-key.ts';
import { registeredKey } from './registered-key.ts';

/** Sees to it that this browser has a client key before it books, so that the terms name it. Shows nothing; without it one can book too. */
export function MakeKey({ account, known }: { account: string; known: readonly string[] }) {
  useEffect(() => {
    if (whyNoKey() === null) registeredKey(account, known).catch(() => undefined);
  }, [account, known]);
  return null;
}
