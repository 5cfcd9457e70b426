import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { replayRecord } from '#lib/scheduler/record.ts';

/**
 * Plans again every line of a file that `SUBLET_PLAN_LOG` named, and says whether each plan comes out as it was kept, bit for bit.
 * Exit codes: 0 all do, 1 one does not, or a line is no record.
 */
export async function replayPlans(file: string): Promise<number> {
  let lines = 0;
  const wrong: number[] = [];
  for await (const line of createInterface({
    input: createReadStream(file, 'utf8'),
    crlfDelay: Number.POSITIVE_INFINITY,
  })) {
    if (line === '') continue;
    lines += 1;
    if (!isSame(line)) wrong.push(lines);
  }
  if (wrong.length > 0) {
    console.error(`${wrong.length} of ${lines} plans do not come out again: ${wrong.slice(0, 20).join(', ')}.`);
    return 1;
  }
  console.log(`${lines} ${lines === 1 ? 'plan comes' : 'plans come'} out again, bit for bit.`);
  return 0;
}

function isSame(line: string): boolean {
  try {
    return replayRecord(line).same;
  } catch {
    // A line that was cut off, or of another version.
    return false;
  }
}
