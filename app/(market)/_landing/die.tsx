/** What one cell of the die stands for: a GPU that somebody rents, one that is free, or bare silicon. */
export type Cell = 'rented' | 'free' | 'none';

const COLUMNS = 20;
const ROWS = 14;
const PITCH = 15;
const CLUSTER_GAP = 9;
const FILLS: Record<Cell, string> = { rented: 'fill-accent', free: 'fill-line-control/45', none: 'fill-line/60' };

/** Where a cell begins, clusters of five by seven standing a little apart as on a real die. */
function place(column: number, row: number): { x: number; y: number } {
  return {
    x: 22 + column * PITCH + Math.floor(column / 5) * CLUSTER_GAP,
    y: 22 + row * PITCH + Math.floor(row / 7) * (CLUSTER_GAP + 16),
  };
}

/** Example bookings, as [first cell, cells]: one GPU, two, four, eight; the same on every render. */
const BOOKINGS = [
  [2, 1],
  [15, 4],
  [23, 2],
  [31, 1],
  [47, 1],
  [50, 5],
  [66, 2],
  [74, 1],
  [85, 4],
  [98, 2],
  [106, 1],
  [113, 2],
  [121, 1],
  [130, 5],
  [150, 5],
  [137, 1],
  [164, 2],
  [176, 1],
  [182, 1],
  [190, 4],
  [207, 2],
  [216, 1],
  [225, 5],
  [238, 2],
  [241, 1],
  [253, 1],
  [259, 1],
  [268, 2],
  [275, 1],
] as const;
const RENTED = new Set(
  BOOKINGS.flatMap(([first, count]) => Array.from({ length: count }, (_, offset) => first + offset)),
);

function example(index: number): Cell {
  if (RENTED.has(index)) return 'rented';
  return (index * 7 + Math.floor(index / COLUMNS) * 5) % 9 === 0 ? 'none' : 'free';
}

/** A market drawn as the floor plan of a chip: every cell a GPU, the copper ones at work. Decoration: says nothing to screen readers. */
export function Die({ cells, className }: { cells?: readonly Cell[]; className?: string }) {
  const right = place(COLUMNS, 0).x - CLUSTER_GAP;
  const bottom = place(0, ROWS).y - CLUSTER_GAP - 16;
  const middle = place(0, 7).y - 21;
  return (
    <svg viewBox={`0 0 ${right + 19} ${bottom + 19}`} aria-hidden="true" className={className}>
      <rect x="1" y="1" width={right + 17} height={bottom + 17} rx="6" className="fill-surface stroke-line" />
      {Array.from({ length: 16 }, (_, pad) => (
        <g key={pad} className="fill-accent-line">
          <rect x="6" y={26 + pad * 15.2} width="7" height="8" rx="1" />
          <rect x={right + 6} y={26 + pad * 15.2} width="7" height="8" rx="1" />
        </g>
      ))}
      <rect x="22" y={middle} width={right - 26} height="13" rx="1.5" className="fill-sunken stroke-line" />
      {Array.from({ length: COLUMNS * ROWS }, (_, index) => {
        const { x, y } = place(index % COLUMNS, Math.floor(index / COLUMNS));
        const cell = cells?.[index] ?? example(index);
        return (
          <rect
            key={index}
            x={x}
            y={y}
            width="11"
            height="11"
            rx="1.5"
            className={cell === 'rented' && index % 4 === 0 ? `${FILLS[cell]} animate-breathe` : FILLS[cell]}
            style={
              cell === 'rented' && index % 4 === 0
                ? { animationDuration: '4s', animationDelay: `${(index % 7) * -0.6}s` }
                : undefined
            }
          />
        );
      })}
    </svg>
  );
}
