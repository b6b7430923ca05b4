/**
 * A message of the catalogue: ICU MessageFormat, of which it has literal text, arguments, plural and select. What an argument needs
 * is known before anything is filled in, so that a mistake is found when the file is read and not by a dispatcher.
 */
import { IntlMessageFormat } from "intl-messageformat";
import { fail, ok, type Result } from "../../../schemas/errors.js";
import type { Language } from "../../../schemas/words.js";

type Element = ReturnType<IntlMessageFormat["getAst"]>[number];
/** As the library numbers the elements of a message. */
const ELEMENT = { literal: 0, argument: 1, select: 5, plural: 6, pound: 7 } as const;

/** What stands for a field that was left out. */
export const NOTHING = "none";

export interface Message {
  /** Its arguments. */
  readonly needs: ReadonlySet<string>;
  /** Those of them that make no sense where nothing is filled in: they stand outside a select that says what to do then. */
  readonly always: ReadonlySet<string>;
  format(values: Readonly<Record<string, string>>): string;
}

/** CONFIGURATION_INVALID, with what is wrong. */
export function compileMessage(source: string, language: Language): Result<Message> {
  let compiled: IntlMessageFormat;
  try {
    compiled = new IntlMessageFormat(source, language, undefined, { ignoreTag: true });
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return fail("CONFIGURATION_INVALID", `it is no message of ICU: ${error.message}`);
  }
  const [needs, always] = [new Set<string>(), new Set<string>()];
  if (!look(compiled.getAst(), [], needs, always)) {
    return fail("CONFIGURATION_INVALID", "a message has text, arguments, plural and select, and nothing else");
  }
  return ok({ needs, always, format: (values) => tidied(String(compiled.format({ ...values }))) });
}

/** False where there is an element that no message has here. `guarded`: arguments whose absence a select around it answers. */
function look(
  elements: readonly Element[],
  guarded: readonly string[],
  needs: Set<string>,
  always: Set<string>,
): boolean {
  return elements.every((element) => {
    if (element.type === ELEMENT.literal || element.type === ELEMENT.pound) return true;
    const isKnown =
      element.type === ELEMENT.argument || element.type === ELEMENT.select || element.type === ELEMENT.plural;
    if (!isKnown || !("value" in element)) return false;
    const name = String(element.value);
    needs.add(name);
    const answers = element.type === ELEMENT.select && NOTHING in element.options;
    if (!answers && !guarded.includes(name)) always.add(name);
    if (!("options" in element)) return true;
    const inside = answers ? [...guarded, name] : guarded;
    return Object.values(element.options).every(({ value }) => look(value, inside, needs, always));
  });
}

/** What was left out leaves no gaps, and what was filled in brings no second full stop. */
function tidied(text: string): string {
  return text
    .replace(/\s+/g, " ")
    .replace(/ ([.,])/g, "$1")
    .replace(/([.!?])\.(?!\.)/g, "$1")
    .trim();
}
