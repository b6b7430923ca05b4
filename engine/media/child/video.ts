/**
 * Films, by ffmpeg where it is installed: encoded anew, upright, without any of what stood in the container, at most
 * MEDIA.videoSeconds of it. ffmpeg has to move about in a film, so it lies in the open in the folder of the process while it is
 * read, and may read nothing but files, and write nothing but its answer.
 */
import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fail, ok, type Result } from "../../../schemas/errors.js";
import { MEDIA } from "../../../schemas/limits.js";
import { FILE_MODE, FOLDER_MODE } from "../../store/private.js";
import type { Made } from "./photo.js";

export const VIDEO_TYPES: readonly string[] = ["video/mp4", "video/quicktime", "video/webm", "video/3gpp"];

/** MEDIA_NO_DECODER where there is no ffmpeg; MEDIA_DAMAGED. */
export async function cleanVideo(original: Buffer, workFolder: string): Promise<Result<Made>> {
  mkdirSync(workFolder, { mode: FOLDER_MODE });
  const [input, output] = [join(workFolder, "in"), join(workFolder, "out.mp4")];
  writeFileSync(input, original, { mode: FILE_MODE });
  const ended = await run("ffmpeg", encoding(input, output));
  if (ended === undefined) return fail("MEDIA_NO_DECODER", "ffmpeg is not installed");
  const size = ended === 0 ? await sizeOf(output) : undefined;
  if (size === undefined) return fail("MEDIA_DAMAGED", "ffmpeg can't read it");
  return ok({ found: { kind: "video", contentType: "video/mp4", ...size }, bytes: readFileSync(output) });
}

function encoding(input: string, output: string): string[] {
  const edge = MEDIA.videoEdgePixels;
  const scale = `scale='min(${edge},iw)':'min(${edge},ih)':force_original_aspect_ratio=decrease:force_divisible_by=2`;
  return [
    ...["-nostdin", "-v", "error", "-protocol_whitelist", "file", "-threads", "1", "-i", input],
    ...["-map", "0:v:0", "-map", "0:a:0?", "-map_metadata", "-1", "-map_chapters", "-1", "-dn", "-sn"],
    ...["-t", String(MEDIA.videoSeconds), "-vf", scale, "-pix_fmt", "yuv420p"],
    ...["-c:v", "libx264", "-preset", "veryfast", "-crf", "28", "-c:a", "aac", "-b:a", "64k", "-threads", "1"],
    ...["-fflags", "+bitexact", "-flags:v", "+bitexact", "-flags:a", "+bitexact", "-movflags", "+faststart"],
    ...["-fs", String(MEDIA.cleanedBytes / 2), output],
  ];
}

async function sizeOf(film: string): Promise<{ width: number; height: number } | undefined> {
  let said = "";
  const asked = [
    "-v",
    "error",
    "-select_streams",
    "v:0",
    "-show_entries",
    "stream=width,height",
    "-of",
    "csv=p=0",
    film,
  ];
  await run("ffprobe", asked, (text) => {
    said += text;
  });
  const [width, height] = said.split(",").map(Number);
  return width && height ? { width, height } : undefined;
}

/** How it ended; undefined where there is no such program. */
function run(
  program: string,
  args: readonly string[],
  hear: (text: string) => void = () => {},
): Promise<number | undefined> {
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "ignore"] });
  child.stdout.setEncoding("utf8").on("data", hear);
  return new Promise((resolve) => {
    child.once("error", () => resolve(undefined));
    child.once("close", (code) => resolve(code ?? 1));
  });
}
