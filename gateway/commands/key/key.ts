/**
 * `seinpost key`: API keys, made, listed, rotated and revoked, also while a service runs, which knows it at once. A secret is
 * shown once, alone on stdout, so that it can go straight into a file; the store keeps its hash.
 */
import { Command, InvalidArgumentError, Option } from "commander";
import { SCOPES_OF_ROLE } from "../../../engine/rights/scopes.js";
import { Store } from "../../../engine/store/store.js";
import type { Key, KeyPage, KeyRequest, MadeKey } from "../../../schemas/api/rights.js";
import { fail, ok, type Result } from "../../../schemas/errors.js";
import { RIGHTS } from "../../../schemas/limits.js";
import { ROLES, type Role, SCOPES, type Scope } from "../../../schemas/words.js";
import { readConfiguration } from "../../service/configuration.js";
import { report } from "../data.js";
import { wholeNumber } from "../values.js";
import { keyLines } from "./key-lines.js";
import { type Ask, withService } from "./local-service.js";

interface CreateOptions {
  readonly name: string;
  readonly role: Role;
  readonly scope?: readonly string[];
  readonly municipality?: readonly string[];
  readonly messagesPerDay?: number;
  readonly costPerDay?: { readonly amount: number; readonly currency: string };
  readonly expires?: string;
}

export function keyCommand(): Command {
  return new Command("key")
    .description("API keys, also while the service runs")
    .addCommand(createCommand())
    .addCommand(listCommand())
    .addCommand(rotateCommand())
    .addCommand(revokeCommand());
}

function createCommand(): Command {
  return new Command("create")
    .description("make an API key and show its secret once")
    .requiredOption("--name <name>", "whose it is: an organisation or a system")
    .addOption(
      new Option("--role <role>", "scopes that go together").choices(ROLES).default("controlRoom" satisfies Role),
    )
    .option("--scope <scopes...>", `what it may, in place of a role: ${SCOPES.join(", ")}`)
    .option("--municipality <codes...>", "where it counts, GM and four digits; everywhere when absent")
    .option("--messages-per-day <count>", "what may be sent with it in a day", wholeNumber)
    .option("--cost-per-day <price>", "and what that may cost, such as 500EUR", price)
    .option("--expires <time>", "until when it counts, such as 2027-06-30T00:00:00+02:00")
    .action(async (options: CreateOptions) => {
      const request = requestOf(options);
      show(
        request.ok ? await asking((ask) => ask<MadeKey>("POST", "/v1/keys", request.value), true) : request,
        shownOnce,
      );
    });
}

/** A role that is for a municipality says for which, and a municipality's role is for one. */
function requestOf(options: CreateOptions): Result<KeyRequest> {
  const { name, role, scope, municipality = null, messagesPerDay = null, costPerDay = null, expires = null } = options;
  if (scope === undefined && (role === "municipality") !== (municipality !== null)) {
    return fail("INVALID_FIELD", "--role municipality goes with --municipality GM0363, and no other role does");
  }
  const scopes = (scope?.flatMap((text) => text.split(",")) ?? SCOPES_OF_ROLE[role]) as Scope[];
  const municipalities = municipality === null ? null : [...municipality];
  return ok({ name, scopes, municipalities, budget: { messagesPerDay, costPerDay }, expiresAt: expires });
}

function listCommand(): Command {
  return new Command("list").description("all API keys, without their secrets").action(async () => {
    show(await asking(allKeys), (keys) => process.stdout.write(keyLines(keys)));
  });
}

function rotateCommand(): Command {
  return new Command("rotate")
    .description("another secret for the same key, shown once; the one of before goes on counting for a while")
    .argument("<id>", "of the key")
    .option("--grace <minutes>", `for how long; 0 where somebody else may have it`, wholeNumber, RIGHTS.graceMinutes)
    .action(async (id: string, { grace }: { readonly grace: number }) => {
      const path = `/v1/keys/${encodeURIComponent(id)}/rotate`;
      show(await asking((ask) => ask<MadeKey>("POST", path, { graceMinutes: grace })), shownOnce);
    });
}

function revokeCommand(): Command {
  return new Command("revoke")
    .description("end a key, at once, with all that was opened with it")
    .argument("<id>", "of the key")
    .action(async (id: string) => {
      const revoked = await asking((ask) => ask<Key>("DELETE", `/v1/keys/${encodeURIComponent(id)}`));
      show(revoked, ({ name }) => process.stderr.write(`${id} (${name}) counts no more\n`));
    });
}

/** `begins`: also where there is no data folder yet. */
async function asking<T>(use: (ask: Ask) => Promise<Result<T>>, begins = false): Promise<Result<T>> {
  const configuration = readConfiguration(process.env);
  if (!configuration.ok) return configuration;
  const { dataFolder } = configuration.value;
  if (!begins && !Store.exists(dataFolder)) return fail("STORE_UNUSABLE", "there is no store in it", dataFolder);
  return withService(dataFolder, use);
}

function show<T>(result: Result<T>, shown: (value: T) => void): void {
  if (result.ok) shown(result.value);
  else report(result.problem);
}

function shownOnce({ id, name, secret }: MadeKey): void {
  process.stdout.write(`${secret}\n`);
  process.stderr.write(`the secret of key ${id} (${name}), shown this once\n`);
}

async function allKeys(ask: Ask): Promise<Result<Key[]>> {
  const keys: Key[] = [];
  for (let after = ""; ; ) {
    const page: Result<KeyPage> = await ask("GET", `/v1/keys${after && `?after=${after}`}`);
    if (!page.ok) return page;
    keys.push(...page.value.keys);
    if (page.value.next === null) return ok(keys);
    after = page.value.next;
  }
}

function price(text: string): { amount: number; currency: string } {
  const [, amount, currency] = /^(\d{1,8}(?:\.\d{1,4})?) ?([A-Z]{3})$/.exec(text) ?? [];
  if (amount !== undefined && currency !== undefined) return { amount: Number(amount), currency };
  throw new InvalidArgumentError("It is an amount and a currency, such as 500EUR.");
}
