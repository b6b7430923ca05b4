/**
 * The entry of the process that reads one file that somebody sent: what it is by its content, then the same as a photo or a film that
 * has nothing but what is seen and heard. The process is bounded by whoever starts it (cleaner.ts); whatever a file makes of it, it
 * ends with this file.
 */
import { createHash } from "node:crypto";
import { buffer } from "node:stream/consumers";
import { fileTypeFromBuffer } from "file-type";
import { fail, ok, type Result } from "../../../schemas/errors.js";
import { MEDIA } from "../../../schemas/limits.js";
import { blurPhoto, cleanPhoto, type Made, PHOTO_TYPES } from "./photo.js";
import { cleanVideo, VIDEO_TYPES } from "./video.js";
import type { CleanAnswer, CleanJob } from "./words.js";

const job = JSON.parse(process.argv[2]!) as CleanJob;
const original = await buffer(process.stdin);
const sha256 = createHash("sha256").update(original).digest("hex");
const made = await make();
const answer: CleanAnswer = made.ok ? { found: made.value.found, sha256 } : { refused: made.problem.code, sha256 };
process.stdout.write(`${JSON.stringify(answer)}\n`);
if (made.ok) process.stdout.write(made.value.bytes);

async function make(): Promise<Result<Made>> {
  const type = await typeOf(original);
  if (VIDEO_TYPES.includes(type)) return cleanVideo(original, type, job.workFolder);
  if (!PHOTO_TYPES.includes(type)) return fail("MEDIA_TYPE", "by its content it is none that is taken");
  if (original.byteLength > MEDIA.photoBytes) return fail("MEDIA_TOO_LARGE", `at most ${MEDIA.photoBytes} bytes`);
  try {
    return ok(job.blurs ? await blurPhoto(original, job.blurs) : await cleanPhoto(original));
  } catch (error) {
    // What libvips finds wrong with a file comes as an Error with its words and nothing else.
    const { message } = error as Error;
    const isLarge = /pixel limit|timeout|out of memory/i.test(message);
    return fail(isLarge ? "MEDIA_TOO_LARGE" : "MEDIA_DAMAGED", message);
  }
}

/** "" for what it can't tell. */
async function typeOf(bytes: Buffer): Promise<string> {
  try {
    return (await fileTypeFromBuffer(bytes))?.mime ?? "";
  } catch {
    // A head that breaks off, or says what can't be.
    return "";
  }
}
