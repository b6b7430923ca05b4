/**
 * The one function by which a text of an action becomes what is sent: that of an exercise or a test begins with that word, in the
 * language of the text, whatever the text says itself. A text of a real action must not begin so.
 *
 * The words are within the alphabet of SMS where their language is, so that they never make a text dearer than by their length.
 */
import type { Wording, Wordings } from "../../../schemas/api/about-action.js";
import { fail, ok, type Result } from "../../../schemas/errors.js";
import { FIRST_LANGUAGE } from "../../../schemas/kinds/kinds-file.js";
import type { Language, Mode } from "../../../schemas/words.js";
import { wordingsOf } from "../texts/choice.js";

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

/** The same as it is sent; the text for everybody who has none in their own language is in the first one. */
export function marked(mode: Mode, said: Wordings): Wordings {
  if (mode === "actual") return said;
  const marks = MARKS[mode];
  const texts = wordingsOf(said).flatMap(([language, wording]) =>
    language === null ? [] : [[language, begun(marks[language], wording)]],
  );
  return {
    ...begun(marks[FIRST_LANGUAGE], said),
    ...(said.texts !== undefined && { texts: Object.fromEntries(texts) }),
  };
}

function begun<What extends Wording>(mark: string, wording: What): What {
  const { text, simpleText, spokenText } = wording;
  return {
    ...{ ...wording, text: mark + text },
    ...(simpleText !== undefined && { simpleText: mark + simpleText }),
    ...(spokenText !== undefined && { spokenText: mark + spokenText }),
  };
}

/** TEXT_MISLEADS where a real one looks like an exercise or a test, in any language: nobody would do what it says. */
export function honest(mode: Mode, said: Wordings): Result<void> {
  if (mode !== "actual") return ok(undefined);
  for (const [language, wording] of wordingsOf(said)) {
    const form = FORMS.find((each) => beginsMarked(wording[each] ?? ""));
    if (form === undefined) continue;
    const detail =
      "a real action does not begin with the word for an exercise or a test; say the mode, or another word";
    return fail("TEXT_MISLEADS", detail, language === null ? `/${form}` : `/texts/${language}/${form}`);
  }
  return ok(undefined);
}

const FORMS = ["text", "simpleText", "spokenText"] as const satisfies readonly (keyof Wording)[];

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
