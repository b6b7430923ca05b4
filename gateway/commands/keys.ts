/**
 * `seinpost keys rotate`: another key encryption key (KEK) for a data folder, and with `--data-keys` other keys for every
 * participant, reply, answer, photo, webhook and proposal in it. Positions of phones get theirs as they are written anew. Not while a service runs on the folder.
 *
 * The root key is replaced as well, not only wrapped anew, so whoever had the old KEK and a copy of `root.key` has nothing that
 * opens the folder as it is from then on. A run that is cut off leaves a folder that opens with the old KEK or with the new
 * one, whole; both files are still there, and the same command, given again, completes.
 */
import { existsSync } from "node:fs";
import { Command } from "commander";
import { resealMedia } from "../../engine/media/reseal.js";
import { resealProposals } from "../../engine/proposals/proposal-store.js";
import { type DataFolder, openDataFolder } from "../../engine/registry/open.js";
import { resealRegistry } from "../../engine/registry/record/reseal.js";
import { resealReplies } from "../../engine/replies/reply-store.js";
import { Store } from "../../engine/store/store.js";
import { defaultKekFile, makeKek, readKek, removeEmptyKek } from "../../engine/vault/kek.js";
import { resealWebhooks } from "../../engine/webhooks/webhook-record.js";
import { fail, ok, type Result } from "../../schemas/errors.js";
import { alone, type DataOption, onData, report } from "./data.js";
import { orRefused, putDeed } from "./on-record.js";
import { showProgress } from "./watch/progress.js";

interface RotateFlags extends DataOption {
  readonly newKekFile: string;
  readonly dataKeys?: boolean;
}

/** What is sealed beside the registry: each under a key of its own. */
const RESEALED = [
  ["replies or answers", resealReplies],
  ["photos or films", resealMedia],
  ["webhooks", resealWebhooks],
  ["parts of the proposals", resealProposals],
] as const;

export function keysCommand(): Command {
  const rotate = onData(new Command("rotate"))
    .description("encrypt the data folder under another key encryption key")
    .requiredOption("--new-kek-file <file>", "the one to use from now on; made when it is not there")
    .option("--data-keys", "also encrypt every participant, reply, photo, webhook and proposal anew, under new keys")
    .action(async (flags: RotateFlags) => {
      const rotated = await orRefused(flags.data, "encryption.rotated", () => rotateAlone(flags));
      if (rotated.ok) process.stdout.write(`${doneText(flags)}\n`);
      else report(rotated.problem);
    });
  return new Command("keys").description("encryption keys of the data folder").addCommand(rotate);
}

function doneText({ data, newKekFile }: RotateFlags): string {
  return `${data} opens with ${newKekFile} from now on: name it in SEINPOST_KEK_FILE, and destroy the old one when no backup needs it`;
}

async function rotateAlone(flags: RotateFlags): Promise<Result<void>> {
  if (!Store.exists(flags.data)) return fail("STORE_UNUSABLE", `there is no store in ${flags.data}`);
  return alone(flags.data, () => rotate(flags));
}

async function rotate(flags: RotateFlags): Promise<Result<void>> {
  const { data, kekFile, newKekFile, dataKeys } = flags;
  const opened = openWithEither(flags);
  if (!opened.ok) return opened;
  const { store, vault } = opened.value;
  try {
    const kek = newKek(data, newKekFile, kekFile ?? defaultKekFile(data));
    if (!kek.ok) return kek;
    const resealed = dataKeys ? await reseal(opened.value) : ok(undefined);
    return resealed.ok ? await vault.commitRenewed(() => putDeed(store, "encryption.rotated"), kek.value) : resealed;
  } finally {
    await store.close();
  }
}

/** A run that was cut off may have got as far as the new key: all is then done again, under that one. */
function openWithEither({ data, kekFile, newKekFile }: RotateFlags): Result<DataFolder> {
  const opened = openDataFolder(data, { kekFile });
  if (opened.ok || opened.problem.code !== "KEY_WRONG" || !existsSync(newKekFile)) return opened;
  const cutOff = openDataFolder(data, { kekFile: newKekFile });
  return cutOff.ok ? cutOff : opened;
}

/** The key in the file that is to be the new one, undefined where there is none yet. */
function readNewKek(data: string, file: string): Result<Buffer | undefined> {
  const known = readKek(data, file);
  if (known.ok || known.problem.code !== "KEY_MISSING") return known;
  removeEmptyKek(file);
  return readKek(data, file);
}

/** Refuses the key that is in use: whoever then destroys "the old one" would have none. */
function newKek(data: string, newFile: string, oldFile: string): Result<Buffer> {
  const [known, old] = [readNewKek(data, newFile), readKek(data, oldFile)];
  if (!known.ok) return known;
  if (!old.ok) return old;
  if (known.value === undefined) return makeKek(newFile);
  const isSame = old.value !== undefined && known.value.equals(old.value);
  return isSame ? fail("INVALID_FIELD", `${newFile} holds the key that is in use`) : ok(known.value);
}

async function reseal(data: Parameters<typeof resealRegistry>[0]): Promise<Result<void>> {
  const shown = showProgress("blocks");
  const blocks = await resealRegistry(data, shown.onProgress);
  shown.stop();
  if (!blocks.ok) return blocks;
  for (const [what, resealed] of RESEALED) {
    const damaged = await resealed(data.store, data.vault);
    if (!damaged.ok) return damaged;
    if (damaged.value > 0) process.stderr.write(`seinpost: ${damaged.value} ${what} are damaged, and stay so\n`);
  }
  return ok(undefined);
}
