/** What an action is about, which is what a participant's wishes are held against. */
import { z } from "zod";
import { ACTION_KINDS, DOMAINS, GROUPS, URGENCIES } from "../words.js";

const someGroups = z.array(z.enum(GROUPS)).min(1).max(GROUPS.length);

export const AskedGroups = z.union([z.strictObject({ only: someGroups }), z.strictObject({ first: someGroups })]).meta({
  id: "AskedGroups",
  description:
    "Groups that are asked alone, or before everybody else: what participants themselves have said that they are, or need",
});
export type AskedGroups = z.infer<typeof AskedGroups>;

export const aboutAction = {
  kind: z.enum(ACTION_KINDS).default("other"),
  domain: z.enum(DOMAINS).default("alarm"),
  urgency: z
    .enum(URGENCIES)
    .default("normal")
    .meta({
      description:
        "Extreme is danger to life here and now, for the domain alarm alone: it also comes at hours, and over channels, at which " +
        "nothing else may come, as each participant has chosen; never over a channel that is switched off as a whole",
    }),
  groups: AskedGroups.optional(),
};

interface Asked {
  readonly domain: string;
  readonly urgency: string;
}

export function isAlarmIfExtreme({ domain, urgency }: Asked): boolean {
  return urgency !== "extreme" || domain === "alarm";
}

export const EXTREME_IS_ALARM = { error: "Extreme urgency is for the domain alarm alone", path: ["urgency"] };
