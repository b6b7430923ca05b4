/** The configuration of the service: environment variables, checked at start. A mistake is named with its variable. */
import { z } from "zod";
import type { Periods } from "../engine/retention/retention.js";
import { DEFAULT_PORT } from "../schemas/api.js";
import { fail, ok, type Result } from "../schemas/errors.js";
import { KEPT } from "../schemas/limits.js";

/** A period in days. Who is thanked, and what is replied to, must still be known when an action ends. */
function days(fallback: number) {
  return z.coerce.number().int().min(KEPT.daysMin).max(KEPT.daysMax).default(fallback);
}

const Environment = z.object({
  /** Folder of the store; made when absent. */
  SEINPOST_DATA: z.string().min(1).default("./data"),
  /** File of the key encryption key; `<data folder>.kek` when absent. */
  SEINPOST_KEK_FILE: z.string().min(1).optional(),
  SEINPOST_HOST: z.string().min(1).default("127.0.0.1"),
  SEINPOST_PORT: z.coerce.number().int().min(0).max(65_535).default(DEFAULT_PORT),
  /** JSON file of carriers; simulated ones when absent. */
  SEINPOST_CARRIERS: z.string().min(1).optional(),
  /** An API key beside the stored ones, for whoever provides keys by environment. */
  SEINPOST_API_KEY: z.string().min(32).optional(),
  /** Addresses or networks of proxies whose X-Forwarded-For is believed, with commas between them. */
  SEINPOST_TRUSTED_PROXY: z.string().default(""),
  /** Mail server, smtp:// or smtps://, with user and password in it; without one no codes are sent by mail. */
  SEINPOST_SMTP_URL: z.string().min(1).optional(),
  /** Whom mail is from: an address, or a name with an address in angle brackets. */
  SEINPOST_MAIL_FROM: z.string().min(3).optional(),
  /** How long each kind of data is kept (schemas/limits/keeping.ts). */
  SEINPOST_KEEP_ROSTERS_DAYS: days(KEPT.rostersDays),
  SEINPOST_KEEP_REPLIES_DAYS: days(KEPT.repliesDays),
  SEINPOST_KEEP_STRAYS_DAYS: days(KEPT.straysDays),
  SEINPOST_KEEP_ACTIONS_DAYS: days(KEPT.actionsDays),
  SEINPOST_LOG_LEVEL: z.enum(["trace", "debug", "info", "warn", "error", "silent"]).default("info"),
});

export interface Configuration {
  readonly dataFolder: string;
  readonly kekFile: string | undefined;
  readonly host: string;
  readonly port: number;
  readonly carriersFile: string | undefined;
  readonly apiKey: string | undefined;
  readonly trustedProxy: string;
  readonly mail: { readonly url: string; readonly from: string } | undefined;
  readonly periods: Periods;
  readonly logLevel: string;
}

export function readConfiguration(environment: NodeJS.ProcessEnv): Result<Configuration> {
  const parsed = Environment.safeParse(environment);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return fail("CONFIGURATION_INVALID", issue.message, String(issue.path[0]));
  }
  const { data } = parsed;
  const { SEINPOST_SMTP_URL: url, SEINPOST_MAIL_FROM: from } = data;
  if ((url === undefined) !== (from === undefined)) {
    const field = url === undefined ? "SEINPOST_SMTP_URL" : "SEINPOST_MAIL_FROM";
    return fail("CONFIGURATION_INVALID", "SEINPOST_SMTP_URL and SEINPOST_MAIL_FROM go together", field);
  }
  return ok({
    dataFolder: data.SEINPOST_DATA,
    kekFile: data.SEINPOST_KEK_FILE,
    host: data.SEINPOST_HOST,
    port: data.SEINPOST_PORT,
    carriersFile: data.SEINPOST_CARRIERS,
    apiKey: data.SEINPOST_API_KEY,
    trustedProxy: data.SEINPOST_TRUSTED_PROXY,
    mail: url === undefined || from === undefined ? undefined : { url, from },
    periods: {
      rostersDays: data.SEINPOST_KEEP_ROSTERS_DAYS,
      repliesDays: data.SEINPOST_KEEP_REPLIES_DAYS,
      straysDays: data.SEINPOST_KEEP_STRAYS_DAYS,
      actionsDays: data.SEINPOST_KEEP_ACTIONS_DAYS,
    },
    logLevel: data.SEINPOST_LOG_LEVEL,
  });
}
