/** The figures that say most, large. */
import type { JSX } from "preact";
import type { Figures } from "../../../../schemas/results/results.js";
import { count, share } from "../kit/i18n/figures.js";
import { words } from "./words.js";

export const whole = (value: number | null | undefined): string =>
  value === null || value === undefined ? "–" : count(value);
const part = (value: number | null): string => (value === null ? "–" : share(value));

export function KeyFigures({ figures }: { readonly figures: Figures }): JSX.Element {
  const all: readonly (readonly [string, string])[] = [
    [words().actions, whole(figures.actions)],
    [words().asked, whole(figures.asked)],
    [words().reactions, whole(figures.reactions)],
    [words().withReaction, part(figures.withReactionShare)],
    [words().direct, part(figures.directShare)],
    [words().caught, part(figures.caughtShare)],
  ];
  return (
    <dl class="key-figures">
      {all.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
