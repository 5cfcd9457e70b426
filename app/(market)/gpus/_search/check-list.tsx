'use client';

/** A choice of a filter: its value, what it is called, and how many offers the search finds with it. */
export type Choice = readonly [value: string, label: string, offers: number];

type CheckListProps = { name: string; choices: readonly Choice[]; chosen: readonly string[] };

/** Checkboxes of one filter. Drawn in the browser as well because its dozens of lines are short words in much markup. */
export function CheckList({ name, choices, chosen }: CheckListProps) {
  // What is chosen stands in view: the list scrolls.
  const first = choices.toSorted(([a], [b]) => Number(chosen.includes(b)) - Number(chosen.includes(a)));
  return first.map(([value, label, offers]) => (
    <label key={value} className="check">
      <input type="checkbox" name={name} value={value} defaultChecked={chosen.includes(value)} />
      <span>{label}</span>
      <span>{offers}</span>
    </label>
  ));
}
