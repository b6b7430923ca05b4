/**
 * What the process that read a file says of it, held against what it may say: whoever made the file may have taken that process over, and
 * what it says is kept, and shown to everybody under the content type that it names.
 */
import { z } from "zod";
import { MEDIA } from "../../schemas/limits.js";
import type { CleanAnswer } from "./child/words.js";

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const edge = z.int().min(1).max(MEDIA.pixels);

const Found = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("photo"), contentType: z.literal("image/jpeg"), width: edge, height: edge }),
  z.strictObject({ kind: z.literal("video"), contentType: z.literal("video/mp4"), width: edge, height: edge }),
]);

const Answer = z.union([
  z.strictObject({ found: Found, sha256 }),
  z.strictObject({
    refused: z.enum(["MEDIA_TYPE", "MEDIA_TOO_LARGE", "MEDIA_DAMAGED", "MEDIA_NO_DECODER"]),
    sha256,
  }),
]);

/** Undefined for what it may not say. */
export function readAnswer(line: string): CleanAnswer | undefined {
  try {
    return Answer.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}
