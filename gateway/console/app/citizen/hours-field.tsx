/** The hours of the week at which messages may come: always, or blocks of each day that are switched on. */
import type { JSX } from "preact";
import { CheckField } from "../kit/ui/field.js";
import { BLOCKS, DAYS, isBlockOn, textOf, weekOf, withHours } from "./hours.js";
import { terms } from "./terms.js";
import { words } from "./words.js";

interface Props {
  readonly hours: string;
  readonly onChange: (hours: string) => void;
}

/** By day: most people's nights are their own. */
const USUAL = "mo+tu+we+th+fr+sa+su 07-23";

export function HoursField({ hours, onChange }: Props): JSX.Element {
  const week = weekOf(hours);
  return (
    <fieldset class="stack">
      <legend>{words().hours}</legend>
      <CheckField
        label={words().always}
        isOn={hours === "always"}
        onSwitch={(isOn) => onChange(isOn ? "always" : USUAL)}
      />
      {week === undefined && <p>{words().ownHours(hours)}</p>}
      {week && hours !== "always" && (
        <div class="hours">
          <table>
            <caption class="quiet">{words().chosenHours}</caption>
            <thead>
              <tr>
                <td />
                {BLOCKS.map(([from, to]) => (
                  <th key={from} scope="col">
                    {from}–{to}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {DAYS.map((day, at) => (
                <tr key={day}>
                  <th scope="row">{terms()[day]}</th>
                  {BLOCKS.map((block) => {
                    const isOn = isBlockOn(week, at, block);
                    return (
                      <td key={block[0]}>
                        <button
                          type="button"
                          aria-pressed={isOn}
                          aria-label={words().hoursOf(terms()[day], block[0], block[1])}
                          onClick={() => onChange(textOf(withHours(week, at, block, !isOn)))}
                        >
                          {isOn ? "✓" : ""}
                        </button>
                      </td>
                    );
                  })}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </fieldset>
  );
}
