/** `seinpost key create`: an API key for a control room, or for another role. It is shown once; the store keeps its hash. */
import { Command, Option } from "commander";
import { KeyStore } from "../../engine/store/key-store.js";
import { Store } from "../../engine/store/store.js";
import { fail, ok, type Result } from "../../schemas/errors.js";
import { ROLES, type Role } from "../../schemas/words.js";
import { createKey, hashKey } from "../http/request/keys.js";
import { readConfiguration } from "../service/configuration.js";
import { report } from "./data.js";

interface Options {
  readonly name: string;
  readonly role: Role;
  readonly municipality?: string;
}

export function keyCommand(): Command {
  const create = new Command("create")
    .description("make an API key and show it once; a running service knows it after its next start")
    .requiredOption("--name <name>", "whose it is")
    .addOption(new Option("--role <role>", "what it is for").choices(ROLES).default("controlRoom" satisfies Role))
    .option("--municipality <code>", "of a municipality's key, GM and four digits")
    .action(async (options: Options) => {
      const created = await createStored(options);
      if (created.ok) console.log(created.value);
      else report(created.problem);
    });
  return new Command("key").description("API keys").addCommand(create);
}

/** The key, once its hash is stored. */
async function createStored({ name, role, municipality }: Options): Promise<Result<string>> {
  const code = readMunicipality(role, municipality);
  if (!code.ok) return code;
  const configuration = readConfiguration(process.env);
  if (!configuration.ok) return configuration;
  const opened = Store.open(configuration.value.dataFolder);
  if (!opened.ok) return opened;
  const key = createKey();
  const hash = hashKey(key);
  const added = await new KeyStore(opened.value).add(hash, {
    keyId: hash.slice(0, 12),
    name,
    createdAtMs: Date.now(),
    role,
    ...(code.value !== undefined && { municipality: code.value }),
  });
  await opened.value.close();
  return added.ok ? ok(key) : added;
}

/** A municipality's key says whose; any other is of no municipality. */
function readMunicipality(role: Role, code: string | undefined): Result<number | undefined> {
  const isNeeded = role === "municipality";
  if (code === undefined && !isNeeded) return ok(undefined);
  const digits = /^GM(\d{4})$/.exec(code ?? "")?.[1];
  if (isNeeded && digits !== undefined && digits !== "0000") return ok(Number(digits));
  return fail("INVALID_FIELD", "--role municipality goes with --municipality GM0363, and no other does");
}
