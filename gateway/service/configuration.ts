/** The configuration of the service: environment variables, checked at start. A mistake is named with its variable. */
import { z } from "zod";
import type { AskedBounds } from "../../engine/actions/fatigue/asking.js";
import type { Periods } from "../../engine/retention/retention.js";
import { DEFAULT_PORT } from "../../schemas/api/api.js";
import { CODE_COUNTRIES } from "../../schemas/api/self.js";
import { fail, ok, type Result } from "../../schemas/errors.js";
import { ASKING, KEPT } from "../../schemas/limits.js";

/** A period in days. Who is thanked, and what is replied to, must still be known when an action ends. */
function days(fallback: number, what: string) {
  const period = z.coerce.number().int().min(KEPT.daysMin).max(KEPT.daysMax).default(fallback);
  return period.describe(`days for which ${what} is kept; default ${fallback}`);
}

/** How often somebody is asked at most. */
function times(fallback: number, window: string) {
  const most = z.coerce.number().int().min(0).max(ASKING.perDayMax).default(fallback);
  return most.describe(
    `how often somebody is asked in ${window} at most, extreme urgency apart; 0 for no bound; default ${fallback}`,
  );
}

/** Each with the words that the manual page has for it. */
const Environment = z.object({
  SEINPOST_DATA: z.string().min(1).default("./data").describe("folder of the store, made when absent; default ./data"),
  SEINPOST_KEK_FILE: z
    .string()
    .min(1)
    .optional()
    .describe("file of the key encryption key; default the data folder's name and .kek"),
  SEINPOST_HOST: z.string().min(1).default("127.0.0.1").describe("where the API listens; default 127.0.0.1"),
  SEINPOST_PORT: z.coerce
    .number()
    .int()
    .min(0)
    .max(65_535)
    .default(DEFAULT_PORT)
    .describe(`port of the API, 0 for any that is free; default ${DEFAULT_PORT}`),
  SEINPOST_METRICS_PORT: z.coerce
    .number()
    .int()
    .min(1)
    .max(65_535)
    .optional()
    .describe("port of loopback that shows /metrics without a key, and nothing else; without it they need a key"),
  SEINPOST_CARRIERS: z.string().min(1).optional().describe("JSON file of carriers; without it a simulated one"),
  SEINPOST_KINDS: z
    .string()
    .min(1)
    .optional()
    .describe("JSON file of kinds of action, over those that ship; see seinpost kinds check"),
  SEINPOST_API_KEY: z
    .string()
    .min(32)
    .optional()
    .describe("an API key of a control room, beside those that are stored"),
  SEINPOST_TRUSTED_PROXY: z
    .string()
    .default("")
    .describe("addresses or networks of proxies whose X-Forwarded-For is believed, with commas between them"),
  SEINPOST_PUBLIC_URL: z
    .url({ protocol: /^https?$/, error: "Must be an address such as https://burgernet.example" })
    .transform((url) => url.replace(/\/+$/, ""))
    .optional()
    .describe("address by which citizens reach the service, for links in messages; without it there are none"),
  SEINPOST_SMTP_URL: z
    .string()
    .min(1)
    .optional()
    .describe("mail server for codes, smtp:// or smtps://, with user and password in it; without it none go by mail"),
  SEINPOST_MAIL_FROM: z
    .string()
    .min(3)
    .optional()
    .describe("whom mail is from: an address, or a name and <an address>"),
  SEINPOST_WEBHOOK_NETWORKS: z
    .string()
    .default("")
    .describe(
      "networks beside the internet to which webhooks may lead, also over http, with commas between them; default none",
    ),
  SEINPOST_CODE_COUNTRIES: z
    .string()
    .regex(/^[A-Z]{2}(,[A-Z]{2})*$/, {
      error: "Must be countries as ISO 3166 has them, with commas between them: NL,BE,DE",
    })
    .default(CODE_COUNTRIES.join(","))
    .describe(
      `countries to whose mobile numbers codes go by SMS, one's own first; default ${CODE_COUNTRIES.join(",")}`,
    ),
  SEINPOST_ASKED_PER_HOUR: times(ASKING.perHour, "an hour"),
  SEINPOST_ASKED_PER_DAY: times(ASKING.perDay, "a day"),
  SEINPOST_KEEP_ROSTERS_DAYS: days(KEPT.rostersDays, "who was asked in an action"),
  SEINPOST_KEEP_REPLIES_DAYS: days(KEPT.repliesDays, "what citizens wrote"),
  SEINPOST_KEEP_STRAYS_DAYS: days(KEPT.straysDays, "a receipt that belonged to no one"),
  SEINPOST_KEEP_ACTIONS_DAYS: days(KEPT.actionsDays, "an action with its counts"),
  SEINPOST_KEEP_AUDIT_DAYS: days(KEPT.auditDays, "a record of who did what"),
  SEINPOST_LOG_LEVEL: z
    .enum(["trace", "debug", "info", "warn", "error", "silent"])
    .default("info")
    .describe("of the JSON lines on stderr: trace, debug, info, warn, error or silent; default info"),
});

/** Every setting, and what it is. */
export function settings(): [name: string, words: string][] {
  return Object.entries(Environment.shape).map(([name, { description = "" }]) => [name, description]);
}

/** A setting that is there without a value is a mistake, such as of a template that was not filled in: it is never a default. */
export function emptyVariable(environment: NodeJS.ProcessEnv): string | undefined {
  return Object.keys(Environment.shape).find((name) => environment[name]?.trim() === "");
}

export interface Configuration {
  readonly dataFolder: string;
  readonly kekFile: string | undefined;
  readonly host: string;
  readonly port: number;
  readonly metricsPort: number | undefined;
  readonly carriersFile: string | undefined;
  readonly kindsFile: string | undefined;
  readonly apiKey: string | undefined;
  readonly trustedProxy: string;
  readonly publicUrl: string | undefined;
  readonly mail: { readonly url: string; readonly from: string } | undefined;
  readonly webhookNetworks: string;
  readonly codeCountries: readonly string[];
  readonly askedAtMost: AskedBounds;
  readonly periods: Periods;
  readonly logLevel: string;
}

export function readConfiguration(environment: NodeJS.ProcessEnv): Result<Configuration> {
  const empty = emptyVariable(environment);
  if (empty !== undefined) return fail("CONFIGURATION_INVALID", "it is set, but empty", empty);
  const parsed = Environment.safeParse(environment);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return fail("CONFIGURATION_INVALID", issue!.message, String(issue!.path[0]));
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
    metricsPort: data.SEINPOST_METRICS_PORT,
    carriersFile: data.SEINPOST_CARRIERS,
    kindsFile: data.SEINPOST_KINDS,
    apiKey: data.SEINPOST_API_KEY,
    trustedProxy: data.SEINPOST_TRUSTED_PROXY,
    publicUrl: data.SEINPOST_PUBLIC_URL,
    mail: url === undefined || from === undefined ? undefined : { url, from },
    webhookNetworks: data.SEINPOST_WEBHOOK_NETWORKS,
    codeCountries: data.SEINPOST_CODE_COUNTRIES.split(","),
    askedAtMost: {
      perHour: data.SEINPOST_ASKED_PER_HOUR || Infinity,
      perDay: data.SEINPOST_ASKED_PER_DAY || Infinity,
    },
    periods: {
      rostersDays: data.SEINPOST_KEEP_ROSTERS_DAYS,
      repliesDays: data.SEINPOST_KEEP_REPLIES_DAYS,
      straysDays: data.SEINPOST_KEEP_STRAYS_DAYS,
      actionsDays: data.SEINPOST_KEEP_ACTIONS_DAYS,
      auditDays: data.SEINPOST_KEEP_AUDIT_DAYS,
    },
    logLevel: data.SEINPOST_LOG_LEVEL,
  });
}
