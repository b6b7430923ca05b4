/**
 * `seinpost kinds check FILE`: reads an organisation's file of kinds over those that ship, and shows what each kind says with its
 * examples, in how many parts, and what could be said better.
 */
import { Command } from "commander";
import type { Catalogue } from "../../../engine/actions/kinds/catalogue.js";
import { compose } from "../../../engine/actions/kinds/compose.js";
import { readKindsFile } from "../../../engine/actions/kinds/shipped.js";
import { adviceOn } from "../../../engine/actions/texts/advice.js";
import { eachText } from "../../../engine/actions/texts/choice.js";
import { FIRST_LANGUAGE, type Kind } from "../../../schemas/kinds/kinds-file.js";
import { adviseText } from "../../smpp/text/text.js";
import { report } from "../data.js";

/** A carrier as most are. */
const USUAL = { alphabet: "gsm0338", nationalTables: [], concatenation: "udh8" } as const;

export function kindsCommand(): Command {
  const check = new Command("check")
    .description("read a file of kinds over those that ship, and show what they say")
    .argument("[file]", "as SEINPOST_KINDS names it; without one the kinds that ship")
    .action((file: string | undefined) => {
      const catalogue = readKindsFile(file);
      if (!catalogue.ok) return report(catalogue.problem);
      for (const kind of catalogue.value.kinds) for (const line of shown(kind, catalogue.value)) console.log(line);
      console.log(`${catalogue.value.kinds.length} kinds, all of which can be used.`);
    });
  return new Command("kinds").description("kinds of action, and what they say").addCommand(check);
}

function shown(kind: Kind, catalogue: Catalogue): string[] {
  const { id, domain, theme, channels, radiusMeters, lifeMinutes } = kind;
  const about = `${id}: ${domain}, ${theme}, by ${channels.join(" ")}, ${radiusMeters} m, ${lifeMinutes} min`;
  const nowMs = Date.now();
  const spoken = { common: catalogue.common, nowMs, untilMs: nowMs + lifeMinutes * 60_000 };
  const ready = catalogue.get(id);
  const examples = Object.fromEntries(kind.fields.map(({ name, example }) => [name, example]));
  const said = ready.ok ? compose(ready.value, "first", examples, spoken) : ready;
  if (!said.ok) return [about, `  ${said.problem.code}: ${said.problem.detail}`];
  const texts = eachText(said.value).flatMap(({ language, need, text }) => {
    const { onAir } = adviseText(text, USUAL);
    const advice = adviceOn(text, language ?? FIRST_LANGUAGE, kind, catalogue.common);
    const found = advice.map(
      ({ code, detail, found }) => `    ${code}${found === null ? "" : ` (${found})`}: ${detail}`,
    );
    return [`  ${language ?? FIRST_LANGUAGE}${need === null ? "" : " simple"} (${onAir}): ${text}`, ...found];
  });
  return [about, ...texts];
}
