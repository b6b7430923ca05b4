/**
 * Numbers as files have them, with a decimal point or comma and perhaps thousands. "8.822" is one of two numbers, a thousand
 * times apart, so it is read only where it is known which mark is which; nothing is guessed.
 */

/** The decimal mark; undefined where it is not known. */
export type Mark = "." | "," | undefined;

const WITH_MARK = /^-?\d+([.,])\d+$/;

/** By numbers that can have no thousands, such as degrees: undefined where none has a mark, or they have both. */
export function markOf(texts: readonly string[]): Mark {
  const marks = new Set(texts.flatMap((text) => WITH_MARK.exec(text)?.[1] ?? []));
  return marks.size === 1 ? ([...marks][0] as Mark) : undefined;
}

const FORMS = {
  ".": /^-?(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d+)?$/,
  ",": /^-?(?:\d+|\d{1,3}(?:\.\d{3})+)(?:,\d+)?$/,
};

/** NaN for what is no number, or not for certain. */
export function numberIn(text: string, mark: Mark): number {
  if (/^-?\d+$/.test(text)) return Number(text);
  if (mark === undefined || !FORMS[mark].test(text)) return Number.NaN;
  const thousands = mark === "." ? "," : ".";
  return Number(text.replaceAll(thousands, "").replace(mark, "."));
}
