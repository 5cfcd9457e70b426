'use client';

import { useEffect, useState } from 'react';

/** Shown to a hundredth of a cent, so that the second can be seen and the width stays. */
const STEP_MICROS = 100n;

type TickingCostProps = {
  /** What it has cost so far, in micro-dollars, when the page was made. */
  micros: string;
  microsPerHour: string;
  /** It never shows more than this. */
  mostMicros: string;
};

/** What something has cost, counting on at its rate between two looks at the server: an estimate for the eye. */
export function TickingCost({ micros, microsPerHour, mostMicros }: TickingCostProps) {
  const [seconds, setSeconds] = useState(0);
  const rate = BigInt(microsPerHour);

  // biome-ignore lint/correctness/useExhaustiveDependencies: what the server says begins a new count
  useEffect(() => {
    setSeconds(0);
    if (BigInt(microsPerHour) === 0n) return;
    const began = performance.now();
    const timer = setInterval(() => setSeconds(Math.floor((performance.now() - began) / 1_000)), 1_000);
    return () => clearInterval(timer);
  }, [micros, microsPerHour]);

  const grown = BigInt(micros) + (rate * BigInt(seconds)) / 3_600n;
  const most = BigInt(mostMicros);
  const shown = grown < most ? grown : most > BigInt(micros) ? most : BigInt(micros);
  return <span className="tabular">{inSteps(shown)}</span>;
}

function inSteps(micros: bigint): string {
  const steps = micros / STEP_MICROS;
  const whole = (steps / 10_000n).toString().replace(/\B(?=(\d{3})+$)/g, ',');
  return `$${whole}.${(steps % 10_000n).toString().padStart(4, '0')}`;
}
