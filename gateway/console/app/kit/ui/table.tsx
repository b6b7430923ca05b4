/** A table with a caption; on a small screen it scrolls in itself, by keyboard too, and not the page. */
import type { ComponentChildren, JSX } from "preact";
import { useId } from "preact/hooks";

export interface Column<Row> {
  readonly title: string;
  readonly show: (row: Row) => ComponentChildren;
  /** Figures stand to the right. */
  readonly isNumber?: boolean;
}

interface Props<Row> {
  readonly caption: string;
  /** The first names its row. */
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string;
  /** What is said where there is no row. */
  readonly empty?: string;
}

/** A region that scrolls has to be reached by keyboard, or what is outside it can't be read (WCAG 2.1.1). */
const SCROLLED = { tabIndex: 0 };

export function Table<Row>({ caption, columns, rows, keyOf, empty }: Props<Row>): JSX.Element {
  const id = useId();
  const classOf = ({ isNumber }: Column<Row>): string | undefined => (isNumber ? "number" : undefined);
  return (
    <section class="table" aria-labelledby={id} {...SCROLLED}>
      <table>
        <caption id={id}>{caption}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.title} scope="col" class={classOf(column)}>
                {column.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={keyOf(row)}>
              {columns.map((column, at) =>
                at === 0 ? (
                  <th key={column.title} scope="row" class={classOf(column)}>
                    {column.show(row)}
                  </th>
                ) : (
                  <td key={column.title} class={classOf(column)}>
                    {column.show(row)}
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length === 0 && empty && <p class="quiet">{empty}</p>}
    </section>
  );
}
