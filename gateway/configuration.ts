/** The configuration of the service: environment variables, checked at start. A mistake is named with its variable. */
import { z } from "zod";
import { DEFAULT_PORT } from "../schemas/api.js";
import { fail, ok, type Result } from "../schemas/errors.js";

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
  SEINPOST_LOG_LEVEL: z.enum(["trace", "debug", "info", "warn", "error", "silent"]).default("info"),
});

export interface Configuration {
  readonly dataFolder: string;
  readonly kekFile: string | undefined;
  readonly host: string;
  readonly port: number;
  readonly carriersFile: string | undefined;
  readonly apiKey: string | undefined;
  readonly logLevel: string;
}

export function readConfiguration(environment: NodeJS.ProcessEnv): Result<Configuration> {
  const parsed = Environment.safeParse(environment);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return fail("CONFIGURATION_INVALID", issue.message, String(issue.path[0]));
  }
  const { data } = parsed;
  return ok({
    dataFolder: data.SEINPOST_DATA,
    kekFile: data.SEINPOST_KEK_FILE,
    host: data.SEINPOST_HOST,
    port: data.SEINPOST_PORT,
    carriersFile: data.SEINPOST_CARRIERS,
    apiKey: data.SEINPOST_API_KEY,
    logLevel: data.SEINPOST_LOG_LEVEL,
  });
}
