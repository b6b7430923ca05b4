/** What a backup says of itself, in `backup.json`: written last, so that a folder without it is no backup. */
import { createHash } from "node:crypto";
import { createReadStream, readFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { z } from "zod";
import { fail, ok, type Result } from "../../schemas/errors.js";
import { BACKUP } from "../../schemas/limits.js";

export const MANIFEST_FILE = "backup.json";
const FORM = 1;

/** Nothing that would lead out of the folder. */
const FILE_NAME = /^(?:media\/)?[a-z0-9]+\.[a-z]+$/;
const FileSum = z.strictObject({ bytes: z.int().min(0), sha256: z.string().regex(/^[0-9a-f]{64}$/) });
export type FileSum = z.infer<typeof FileSum>;

const Manifest = z.strictObject({
  form: z.literal(FORM),
  takenAt: z.iso.datetime(),
  participants: z.int(),
  locations: z.int(),
  /** Records in each table. */
  records: z.record(z.string(), z.int()),
  files: z.record(z.string().regex(FILE_NAME), FileSum),
  /** Table and key of each record that was damaged already; absent where none was. */
  damaged: z.array(z.string()).max(BACKUP.damaged).optional(),
});
export type Manifest = z.infer<typeof Manifest>;

/** BACKUP_FAILED where there is none, or one that can't be read. */
export function readManifest(folder: string): Result<Manifest> {
  try {
    return ok(Manifest.parse(JSON.parse(readFileSync(join(folder, MANIFEST_FILE), "utf8"))));
  } catch (error) {
    const why = error instanceof z.ZodError ? z.prettifyError(error) : (error as Error).message;
    return fail("BACKUP_FAILED", `this is no whole backup: ${why}`, MANIFEST_FILE);
  }
}

export function newManifest(contents: Omit<Manifest, "form">): Manifest {
  return { form: FORM, ...contents };
}

/** Throws what the file system does. */
export async function sumOf(path: string): Promise<FileSum> {
  const hash = createHash("sha256");
  let bytes = 0;
  await pipeline(createReadStream(path), async (chunks: AsyncIterable<Buffer>) => {
    for await (const chunk of chunks) {
      bytes += chunk.byteLength;
      hash.update(chunk);
    }
  });
  return { bytes, sha256: hash.digest("hex") };
}

/** What was written to this file or folder is on the disk, or it throws. */
export async function sync(path: string): Promise<void> {
  const file = await open(path, "r");
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
