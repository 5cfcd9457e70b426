'use client';

import { Td, Th } from './cells.tsx';
import { type Packed, unpack } from './packed.ts';
import { Table } from './table.tsx';

type WordTableProps = {
  caption: string;
  maxHeight?: string | undefined;
  /** The first names its rows, the others are figures. */
  columns: readonly string[];
  /** As many words in each row as there are columns. */
  rows: Packed<readonly (readonly string[])[]>;
};

/** A table of words and nothing else, for a row a day: drawn in the browser as well, so that its words travel once and its markup not twice. */
export function WordTable({ caption, maxHeight, columns, rows }: WordTableProps) {
  return (
    <Table caption={caption} maxHeight={maxHeight} className="word-table">
      <thead>
        <tr>
          {columns.map((column) => (
            <Th key={column}>{column}</Th>
          ))}
        </tr>
      </thead>
      <tbody>
        {unpack(rows).map(([name, ...figures], index) => (
          <tr key={index}>
            <Th scope="row">{name}</Th>
            {figures.map((figure, at) => (
              <Td key={columns[at + 1]}>{figure}</Td>
            ))}
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
