type Waiting<Item, Result> = {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
};

export type GatherOptions<Item> = {
  /** How long the first of a batch waits for others; 0: until this turn of the event loop is over. */
  readonly waitMs: number;
  readonly most: number;
  /** Batches under way at a time; what comes meanwhile gathers. */
  readonly atOnce?: number;
  /** Items with the same key never share a batch. */
  readonly keyOf?: (item: Item) => string;
};

/**
 * Makes one call of many that come at about the same time: `work` takes the items of a batch and answers them in their
 * order. What it throws, each of them is told.
 */
export function gather<Item, Result>(
  work: (items: readonly Item[]) => Promise<readonly Result[]>,
  { waitMs, most, atOnce = 1, keyOf }: GatherOptions<Item>,
): (item: Item) => Promise<Result> {
  let waiting: Waiting<Item, Result>[] = [];
  let underWay = 0;
  let timer: NodeJS.Timeout | undefined;
  let thisTurn: NodeJS.Immediate | undefined;

  const take = (): Waiting<Item, Result>[] => {
    const keys = new Set<string>();
    const batch: Waiting<Item, Result>[] = [];
    const later: Waiting<Item, Result>[] = [];
    for (const one of waiting) {
      const key = keyOf?.(one.item);
      if (batch.length >= most || (key !== undefined && keys.has(key))) later.push(one);
      else {
        batch.push(one);
        if (key !== undefined) keys.add(key);
      }
    }
    waiting = later;
    return batch;
  };

  const run = async () => {
    clearTimeout(timer);
    clearImmediate(thisTurn);
    timer = undefined;
    thisTurn = undefined;
    if (underWay >= atOnce) return;
    const batch = take();
    underWay += 1;
    try {
      const results = await work(batch.map(({ item }) => item));
      batch.forEach(({ resolve }, at) => {
        resolve(results[at] as Result);
      });
    } catch (error) {
      for (const { reject } of batch) reject(error);
    } finally {
      underWay -= 1;
      if (waiting.length > 0) soon();
    }
  };

  const soon = () => {
    if (underWay >= atOnce) return;
    if (waiting.length >= most) void run();
    else if (waitMs === 0) thisTurn ??= setImmediate(() => void run());
    else timer ??= setTimeout(() => void run(), waitMs);
  };

  return (item) =>
    new Promise<Result>((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      soon();
    });
}
