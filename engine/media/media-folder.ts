/**
 * The folder `media` of a data folder: files beside LMDB, each sealed under a key that stands in its record. A file that comes
 * in has the name of one that does until all of it is on the disk; then it gets its own, durably, and only then a record
 * speaks of it. So what has no record is what was cut off, and goes at the next start.
 */
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { open, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { fail, ok, type Result } from "../../schemas/errors.js";
import { FOLDER_MODE } from "../store/private.js";
import { newFileKey, SealedWriter } from "./sealed-file.js";

export const MEDIA_FOLDER = "media";
const INCOMING = "incoming-";

/** `original`: as it came. `clean`: encoded anew, without whatever stood in it beside the picture. */
const FORMS = ["original", "clean"] as const;
export type Form = (typeof FORMS)[number];

export function fileName(id: string, form: Form): string {
  return `${id}.${form}`;
}

export class MediaFolder {
  readonly #path: string;
  #coming = 0;

  private constructor(path: string) {
    this.#path = path;
  }

  /** Made when absent. STORE_UNUSABLE. */
  static open(dataFolder: string): Result<MediaFolder> {
    const path = join(dataFolder, MEDIA_FOLDER);
    try {
      mkdirSync(path, { recursive: true, mode: FOLDER_MODE });
      return ok(new MediaFolder(path));
    } catch (error) {
      return fail("STORE_UNUSABLE", (error as Error).message, path);
    }
  }

  /** Removes what belongs to no id, and what was cut off; gives how many files. STORE_UNUSABLE. */
  sweep(isKnown: (id: string) => boolean): Result<number> {
    let removed = 0;
    try {
      for (const name of readdirSync(this.#path)) {
        const [id, form] = name.split(".");
        if (FORMS.some((known) => known === form) && isKnown(id!)) continue;
        rmSync(join(this.#path, name), { recursive: true, force: true });
        removed++;
      }
      return ok(removed);
    } catch (error) {
      return fail("STORE_UNUSABLE", (error as Error).message, this.#path);
    }
  }

  path(id: string, form: Form): string {
    return join(this.#path, fileName(id, form));
  }

  /** A path that nothing has yet, for what is gone at the next start unless `settle` gives it its name. */
  incoming(): string {
    return join(this.#path, `${INCOMING}${++this.#coming}-${Date.now().toString(36)}`);
  }

  /** Gives a whole file its name, durably. STORE_WRITE_FAILED. */
  async settle(incoming: string, id: string, form: Form): Promise<Result<void>> {
    try {
      await rename(incoming, this.path(id, form));
      const folder = await open(this.#path, "r");
      await folder.sync().finally(() => folder.close());
      return ok(undefined);
    } catch (error) {
      return fail("STORE_WRITE_FAILED", `a file: ${(error as Error).message}`);
    }
  }

  /** A whole file, durably; gives its key, as records have it. STORE_WRITE_FAILED, and nothing of it is left. */
  async write(id: string, form: Form, bytes: Buffer): Promise<Result<string>> {
    const [key, incoming] = [newFileKey(), this.incoming()];
    const writer = await SealedWriter.create(incoming, key, fileName(id, form));
    if (!writer.ok) return writer;
    writer.value.write(bytes);
    const written = await writer.value.end();
    const settled = written.ok ? await this.settle(incoming, id, form) : written;
    // A full disk is not to be filled with what could not be written to its end.
    if (!settled.ok) await this.discard(incoming);
    return settled.ok ? ok(key.toString("base64")) : settled;
  }

  /** What can't be removed now goes at the next start. */
  async discard(path: string): Promise<void> {
    await rm(path, { recursive: true, force: true }).catch(() => {});
  }

  async remove(id: string): Promise<void> {
    for (const form of FORMS) await this.discard(this.path(id, form));
  }
}
