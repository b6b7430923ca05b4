/** Language and appearance, as the person likes them. */
import type { JSX } from "preact";
import { LANGUAGES, language } from "../kit/i18n/language.js";
import { THEMES, theme } from "../kit/theme.js";
import { words } from "./words.js";

const NAMES = { nl: "Nederlands", en: "English" } as const;

export function Taste(): JSX.Element {
  return (
    <span class="row taste">
      <select
        aria-label={words().language}
        value={language.value}
        onChange={({ currentTarget }) => {
          language.value = LANGUAGES.find((one) => one === currentTarget.value) ?? "nl";
        }}
      >
        {LANGUAGES.map((one) => (
          <option key={one} value={one} lang={one}>
            {NAMES[one]}
          </option>
        ))}
      </select>
      <select
        aria-label={words().theme}
        value={theme.value}
        onChange={({ currentTarget }) => {
          theme.value = THEMES.find((one) => one === currentTarget.value) ?? "auto";
        }}
      >
        {THEMES.map((one) => (
          <option key={one} value={one}>
            {words()[one]}
          </option>
        ))}
      </select>
    </span>
  );
}
