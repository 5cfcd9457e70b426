import { GoRandom } from './go-random.ts';

/** Tasks arrive until they ask for so much of the capacity. */
const TUNED_TO = 1.3;

/**
 * Between the tasks and the machines ten watches begin (pods, nodes, claims and so on), each of which draws a number
 * for its timeout. With them each published seed comes out as published.
 */
const WATCHES = 10;

export type Drawn = {
  /** Indexes of tasks, in order of arrival. */
  readonly order: Uint16Array;
  /** Indexes of machines, by rank: ties go to the lowest. */
  readonly ranked: Uint16Array;
};

/**
 * Who arrives when, and how ties are settled, as the simulator of Weng et al. draws it for a seed
 * (hkust-adsl/kubernetes-scheduler-simulator, `TunePodsByNodeTotalResource` and `syncClusterResourceList`): the tasks
 * shuffled, then drawn again, or dropped, until they ask for 130 % of the GPUs. `tasks` and machines are in the order of
 * their names.
 */
export function drawArrivals(
  seed: number,
  tasks: readonly { readonly gpuCount: number; readonly gpuMilli: number }[],
  machines: number,
  capacityMilli: number,
): Drawn {
  const random = new GoRandom(seed);
  random.bits(); // It writes one number to its log.
  const order = tasks.map((_, at) => at);
  random.shuffle(order);
  const milliOf = (at: number) => {
    const { gpuCount, gpuMilli } = tasks[at] as (typeof tasks)[number];
    return gpuCount * gpuMilli;
  };
  const most = TUNED_TO * capacityMilli;
  let asked = order.reduce((sum, at) => sum + milliOf(at), 0);
  if (asked > most) {
    while (asked > most) {
      const [dropped] = order.splice(random.below(order.length), 1);
      asked -= milliOf(dropped as number);
    }
  } else if (asked < most) {
    for (;;) {
      const at = random.below(tasks.length);
      // As there: only one of its GPUs is looked at.
      if (asked + (tasks[at]?.gpuMilli ?? 0) > most) break;
      asked += milliOf(at);
      order.push(at);
    }
  }
  for (let watch = 0; watch < WATCHES; watch += 1) random.bits();
  const ranked = new Uint16Array(machines);
  random.permutation(machines).forEach((rank, machine) => {
    ranked[rank] = machine;
  });
  return { order: Uint16Array.from(order), ranked };
}
