/**
 * Lines of a terminal that show how far something is. Two promises: a line is never wider than it may be, and what is left out
 * then are whole fields, so that no number is ever shown in part; and a bar is full, and a share 100 %, only when nothing
 * remains.
 */

const FULL = "█";
const EMPTY = "░";
const GAP = "  ";
const CELLS_MIN = 4;
const CELLS_MAX = 40;

const GRAPHEMES = new Intl.Segmenter();
/** Drawn two columns wide (Unicode Standard Annex 11). */
const WIDE =
  /\p{Emoji_Presentation}|\p{Extended_Pictographic}\uFE0F|[\u1100-\u115F\u2E80-\u303E\u3041-\uA4CF\uA960-\uA97F\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6\u{20000}-\u{3FFFD}]/u;

export function bar(done: number, total: number, cells: number): string {
  const full = done >= total && total > 0 ? cells : Math.min(Math.floor(share(done, total) * cells), cells - 1);
  return FULL.repeat(full) + EMPTY.repeat(cells - full);
}

export function percent(done: number, total: number): string {
  return `${done >= total && total > 0 ? 100 : Math.min(Math.floor(share(done, total) * 100), 99)} %`;
}

function share(done: number, total: number): number {
  return total > 0 ? Math.max(0, done / total) : 0;
}

/** The fields with a bar behind the first one, as wide as there is room for; none where it would be too short to tell anything. */
export function lineWithBar(fields: readonly string[], done: number, total: number, columns: number): string {
  const [first = "", ...rest] = fitting(fields, columns);
  const used = [first, ...rest].reduce((sum, field) => sum + widthOf(field) + GAP.length, 0);
  const cells = Math.min(columns - used, CELLS_MAX);
  return [first, ...(cells < CELLS_MIN ? [] : [bar(done, total, cells)]), ...rest].join(GAP);
}

/** Those that fit into one line, in their order; the first that does not fit leaves out all behind it. */
function fitting(fields: readonly string[], columns: number): string[] {
  let used = -GAP.length;
  const end = fields.findIndex((field) => {
    used += GAP.length + widthOf(field);
    return used > columns;
  });
  return end < 0 ? [...fields] : fields.slice(0, end);
}

/** The fields in as many lines as they need, those after the first one indented. One that fits in no line is left out. */
export function flow(fields: readonly string[], columns: number, indent = GAP): string[] {
  const lines: string[] = [];
  let line = "";
  for (const field of fields) {
    if (field === "" || widthOf(indent + field) > columns) continue;
    const longer = line === "" ? field : line + GAP + field;
    if (widthOf(longer) <= columns) {
      line = longer;
      continue;
    }
    lines.push(line);
    line = indent + field;
  }
  return line === "" ? lines : [...lines, line];
}

/** The begin of a text in one line, with an ellipsis where it goes on. Not for numbers. */
export function cut(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text;
  let used = 1;
  let shown = "";
  for (const { segment } of GRAPHEMES.segment(text)) {
    used += widthOf(segment);
    if (used > columns) break;
    shown += segment;
  }
  return columns < 1 ? "" : `${shown}…`;
}

/** Columns that a terminal uses for it. */
export function widthOf(text: string): number {
  let width = 0;
  for (const { segment } of GRAPHEMES.segment(text)) width += WIDE.test(segment) ? 2 : 1;
  return width;
}
