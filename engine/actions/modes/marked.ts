/**
 * The one function by which a text of an action becomes what is sent: that of an exercise or a test begins with that word, in the
 * language of the text, whatever the text says itself. A text of a real action must not begin so.
 *
 * The words are within the alphabet of SMS where their language is, so that they never make a text dearer than by their length.
 */
import { fail, ok, type Result } from "../../../schemas/errors.js";
import { LANGUAGES, type Language, type Mode } from "../../../schemas/words.js";

const MARKS: Readonly<Record<Exclude<Mode, "actual">, Readonly<Record<Language, string>>>> = {
  exercise: {
    ...{ nl: "OEFENING: ", en: "EXERCISE: ", de: "ÜBUNG: ", fr: "EXERCICE : ", fy: "OEFENING: " },
    ...{ pl: "CWICZENIA: ", tr: "TATBIKAT: ", ar: "تمرين: ", uk: "НАВЧАННЯ: " },
  },
  test: {
    ...{ nl: "TEST: ", en: "TEST: ", de: "TEST: ", fr: "TEST : ", fy: "TEST: ", pl: "TEST: ", tr: "TEST: " },
    ...{ ar: "اختبار: ", uk: "ТЕСТ: " },
  },
};

/** Of the text for everybody who has none in their own language. */
const DEFAULT_LANGUAGE: Language = "nl";

/** What is said, as far as there is any of it: texts, and the same by language. */
export interface Said {
  readonly text?: string | undefined;
  readonly simpleText?: string | undefined;
  readonly spokenText?: string | undefined;
  readonly texts?: Readonly<Partial<Record<Language, Said>>> | undefined;
}

/** The same as it is sent. */
export function marked<What extends Said>(mode: Mode, said: What, language = DEFAULT_LANGUAGE): What {
  if (mode === "actual") return said;
  const mark = MARKS[mode][language];
  const own = (["text", "simpleText", "spokenText"] as const).flatMap((name) => {
    const text = said[name];
    return text === undefined ? [] : [[name, mark + text]];
  });
  const texts = LANGUAGES.flatMap((each) => {
    const inLanguage = said.texts?.[each];
    return inLanguage === undefined ? [] : [[each, marked(mode, inLanguage, each)]];
  });
  return {
    ...said,
    ...Object.fromEntries(own),
    ...(said.texts !== undefined && { texts: Object.fromEntries(texts) }),
  };
}

export function markedText(mode: Mode, text: string): string {
  return marked(mode, { text }).text;
}

/** TEXT_MISLEADS where a real one looks like an exercise or a test, in any language: nobody would do what it says. */
export function honest(mode: Mode, said: Said, at = ""): Result<void> {
  if (mode !== "actual") return ok(undefined);
  for (const name of ["text", "simpleText", "spokenText"] as const) {
    const text = said[name];
    if (text === undefined || !beginsMarked(text)) continue;
    const detail =
      "a real action does not begin with the word for an exercise or a test; say the mode, or another word";
    return fail("TEXT_MISLEADS", detail, `${at}/${name}`);
  }
  for (const language of LANGUAGES) {
    const inLanguage = said.texts?.[language];
    const judged = inLanguage ? honest(mode, inLanguage, `${at}/texts/${language}`) : ok(undefined);
    if (!judged.ok) return judged;
  }
  return ok(undefined);
}

/** Letters without accents, so that ubung is Übung. */
function plain(text: string): string {
  return text
    .normalize("NFKD")
    .replace(/[\p{M}\p{Cf}]/gu, "")
    .toLowerCase();
}

const WORDS = new Set(
  Object.values(MARKS).flatMap((byLanguage) =>
    Object.values(byLanguage).map((mark) => plain(mark).replace(/[^\p{L}]/gu, "")),
  ),
);

function beginsMarked(text: string): boolean {
  const first = /^[^\p{L}]*(\p{L}+)/u.exec(plain(text))?.[1];
  return first !== undefined && WORDS.has(first);
}
