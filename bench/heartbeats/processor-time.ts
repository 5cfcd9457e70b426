import { readdirSync, readFileSync } from 'node:fs';

/** Linux counts processor time in hundredths of a second for programs. */
const TICK_SECONDS = 0.01;

function statOf(pid: number): number[] | null {
  try {
    // The name of a program may hold spaces and brackets: what is counted comes after it. Field 0 here is field 3 of proc(5).
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return text
      .slice(text.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
  } catch {
    return null;
  }
}

/** Seconds of processor time (utime + stime) of one process. */
export function secondsOf(pid: number): number {
  const stat = statOf(pid);
  return stat === null ? 0 : ((stat[11] ?? 0) + (stat[12] ?? 0)) * TICK_SECONDS;
}

/** The same of a process with all its children, those that ended included: of a whole PostgreSQL by its postmaster. */
export function secondsOfFamily(pid: number): number {
  const stat = statOf(pid);
  const ended = stat === null ? 0 : ((stat[13] ?? 0) + (stat[14] ?? 0)) * TICK_SECONDS;
  const children = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && statOf(Number(name))?.[1] === pid);
  return ended + secondsOf(pid) + children.reduce((sum, child) => sum + secondsOf(Number(child)), 0);
}

/** Resident memory in bytes. */
export function memoryOf(pid: number): number {
  const kib = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1];
  return Number(kib ?? 0) * 1_024;
}
