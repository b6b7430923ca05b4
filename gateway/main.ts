#!/usr/bin/env node
/** The command `seinpost`. */
import { Command } from "commander";
import { backupCommand, restoreCommand } from "./commands/backup.js";
import { carrierCommand } from "./commands/carrier.js";
import { FAILED } from "./commands/data.js";
import { keyCommand } from "./commands/key.js";
import { keysCommand } from "./commands/keys.js";
import { placesCommand } from "./commands/places.js";
import { registryCommand } from "./commands/registry.js";
import { startCommand } from "./commands/start.js";
import { watchCommand } from "./commands/watch.js";

// Whoever read our progress or our results has gone. That ends no work; that results did not arrive, the exit code tells.
process.stderr.on("error", () => undefined);
process.stdout.on("error", () => {
  process.exitCode = FAILED;
});

const program = new Command("seinpost")
  .description("Dispatch engine for citizen alerting: draw a circle, ask everyone inside it, nearest first")
  .addCommand(startCommand(), { isDefault: true })
  .addCommand(registryCommand())
  .addCommand(placesCommand())
  .addCommand(carrierCommand())
  .addCommand(keyCommand())
  .addCommand(keysCommand())
  .addCommand(backupCommand())
  .addCommand(restoreCommand())
  .addCommand(watchCommand());

await program.parseAsync();
