/** The shapes of the API by which a page has a session in place of an API key. */
import { z } from "zod";
import { CONSOLE } from "../limits.js";
import { SCOPES } from "../words.js";

export const SignIn = z
  .strictObject({
    key: z
      .string()
      .trim()
      .min(1)
      .max(CONSOLE.keyCharacters)
      .meta({ description: "An API key; it is not kept, and the session ends with it" }),
  })
  .meta({ id: "SignIn" });

const moment = (description: string) => z.iso.datetime({ offset: true }).nullable().meta({ description });

export const ConsoleSession = z
  .object({
    key: z.string().meta({ description: "Id of the API key that it stands for" }),
    name: z.string().meta({ description: "Of that key" }),
    scopes: z.array(z.enum(SCOPES)),
    municipalities: z.array(z.string()).nullable().meta({ description: "Where the key counts; null for everywhere" }),
    endsAt: moment("When it ends at the latest; null where the request came with the key itself"),
    idleEndsAt: moment("When it ends unless something is asked in it before; null likewise"),
  })
  .meta({ id: "ConsoleSession", description: "Who asks, and what they may" });
export type ConsoleSession = z.infer<typeof ConsoleSession>;
