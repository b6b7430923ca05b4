/** What an action is about, which is what a participant's wishes are held against. */
import { z } from "zod";
import { ACTION_KINDS, DOMAINS, URGENCIES } from "../words.js";

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
};

interface Asked {
  readonly domain: string;
  readonly urgency: string;
}

export function isAlarmIfExtreme({ domain, urgency }: Asked): boolean {
  return urgency !== "extreme" || domain === "alarm";
}

export const EXTREME_IS_ALARM = { error: "Extreme urgency is for the domain alarm alone", path: ["urgency"] };
