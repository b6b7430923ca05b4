/** `seinpost key create`: an API key for a control room. It is shown once; the store keeps its hash. */
import { Command } from "commander";
import { KeyStore } from "../../engine/store/key-store.js";
import { Store } from "../../engine/store/store.js";
import { readConfiguration } from "../configuration.js";
import { createKey, hashKey } from "../http/keys.js";

export function keyCommand(): Command {
  const create = new Command("create")
    .description("make an API key and show it once; a running service knows it after its next start")
    .requiredOption("--name <name>", "whose it is")
    .action(async ({ name }: { name: string }) => {
      const configuration = readConfiguration(process.env);
      const opened = configuration.ok ? Store.open(configuration.value.dataFolder) : configuration;
      if (!opened.ok) {
        console.error(`${opened.problem.code}: ${opened.problem.detail}`);
        process.exitCode = 2;
        return;
      }
      const key = createKey();
      const hash = hashKey(key);
      const added = await new KeyStore(opened.value).add(hash, {
        keyId: hash.slice(0, 12),
        name,
        createdAtMs: Date.now(),
      });
      await opened.value.close();
      if (added.ok) console.log(key);
      else process.exitCode = 1;
    });
  return new Command("key").description("API keys").addCommand(create);
}
