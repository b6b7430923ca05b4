/**
 * `seinpost backup` and `seinpost restore`. A backup may be taken while a service runs; both read back all they wrote.
 * What is not done leaves nothing behind that could be taken for a backup or a store.
 */
import { Command } from "commander";
import { backUp, restore, verifyBackup } from "../../engine/backup/backup.js";
import type { Manifest } from "../../engine/backup/manifest.js";
import type { Store } from "../../engine/store/store.js";
import { defaultKekFile } from "../../engine/vault/kek.js";
import type { Result } from "../../schemas/errors.js";
import { type DataOption, onData, report } from "./data.js";
import { onRecord, orRefused, putDeed } from "./on-record.js";

interface BackupCommandOptions extends DataOption {
  readonly verify?: boolean;
  readonly withDamage?: boolean;
}

export function backupCommand(): Command {
  return onData(new Command("backup"))
    .description("copy the data folder, also while a service runs on it, and read the copy back")
    .argument("<folder>", "an empty folder, or one that is not there")
    .option("--verify", "take no backup; read the one that is in the folder")
    .option("--with-damage", "also where records are damaged that a service passes over; each is named")
    .action(async (folder: string, { data, kekFile, verify, withDamage }: BackupCommandOptions) => {
      const done = verify
        ? await verifyBackup(folder, kekFile ?? defaultKekFile(data))
        : await onRecord(data, ["backup.taking", "backup.taken"], () => backUp(data, folder, { kekFile, withDamage }));
      say(done, verify ? "whole" : "backed up");
    });
}

export function restoreCommand(): Command {
  return onData(new Command("restore"))
    .description("make an empty data folder what it was when the backup was taken")
    .argument("<folder>", "of the backup")
    .action(async (folder: string, { data, kekFile }: DataOption) => {
      const alongside = (store: Store) => putDeed(store, "backup.restored");
      say(await orRefused(data, "backup.restored", () => restore(folder, data, { kekFile, alongside })), "restored");
    });
}

function say(done: Result<Manifest>, what: string): void {
  if (!done.ok) {
    report(done.problem);
    return;
  }
  const { participants, locations, takenAt, records, damaged = [] } = done.value;
  for (const place of damaged) process.stderr.write(`seinpost: damaged: ${place}\n`);
  const all = Object.values(records).reduce((sum, count) => sum + count, 0);
  process.stdout.write(
    `${what}: ${participants} participants with ${locations} locations, ${all} records, as of ${takenAt}\n`,
  );
}
