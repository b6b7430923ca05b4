/**
 * Films, by ffmpeg where it is installed: encoded anew, upright, without any of what stood in the container, at most
 * MEDIA.videoSeconds of it. ffmpeg has to move about in a film, so it lies in the open in the folder of the process while it is
 * read.
 *
 * ffmpeg reads hundreds of formats, some of which are lists of other files to read. It is told which one this is, by the type that
 * its content has, and has no decoder but those of what telephones make.
 */
import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fail, ok, type Result } from "../../../schemas/errors.js";
import { MEDIA } from "../../../schemas/limits.js";
import { FILE_MODE, FOLDER_MODE } from "../../store/private.js";
import type { Made } from "./photo.js";

/** By type of the content: what ffmpeg calls the format. */
const FORMATS: Readonly<Record<string, string>> = {
  "video/mp4": "mov",
  "video/quicktime": "mov",
  "video/3gpp": "mov",
  "video/webm": "matroska",
};
export const VIDEO_TYPES: readonly string[] = Object.keys(FORMATS);

const DECODERS = [
  ...["h264", "hevc", "mpeg4", "h263", "mjpeg", "vp8", "vp9", "libdav1d", "av1"],
  ...["aac", "amrnb", "amrwb", "mp3float", "opus", "libopus", "vorbis", "alac", "pcm_s16le", "pcm_s16be"],
].join(",");
const DECODING = ["-codec_whitelist", DECODERS, "-max_pixels", String(MEDIA.videoPixels), "-threads", "1"];

/** How a program ended: with a code, or by a signal, as whoever comes to one of its bounds; "absent" where there is none. */
type End = number | "signal" | "absent";

/** MEDIA_NO_DECODER where there is no ffmpeg; MEDIA_TOO_LARGE; MEDIA_DAMAGED. `type`: one of VIDEO_TYPES. */
export async function cleanVideo(original: Buffer, type: string, workFolder: string): Promise<Result<Made>> {
  mkdirSync(workFolder, { mode: FOLDER_MODE });
  const [input, output] = [join(workFolder, "in"), join(workFolder, "out.mp4")];
  writeFileSync(input, original, { mode: FILE_MODE });
  const format = ["-protocol_whitelist", "file", "-f", FORMATS[type]!];
  // Of the head alone: ffprobe would want a decoder for each stream that it reads, of which many films have more than these.
  const head = await sizeOf(["-nofind_stream_info", ...format, "-i", input]);
  if (!head.ok) return head;
  if (head.value.width * head.value.height > MEDIA.videoPixels) return fail("MEDIA_TOO_LARGE", "so many pixels");
  const read = problemOf(await run("ffmpeg", encoding([...format, ...DECODING, "-i", input], output)));
  if (read) return read;
  const size = await sizeOf(["-i", output]);
  if (!size.ok) return size;
  return ok({ found: { kind: "video", contentType: "video/mp4", ...size.value }, bytes: readFileSync(output) });
}

/** Undefined where it did what it was to do. */
function problemOf(end: End): ReturnType<typeof fail> | undefined {
  if (end === "absent") return fail("MEDIA_NO_DECODER", "ffmpeg is not installed");
  if (end === "signal") return fail("MEDIA_TOO_LARGE", "it came to one of its bounds");
  return end === 0 ? undefined : fail("MEDIA_DAMAGED", "ffmpeg can't read it");
}

function encoding(reading: readonly string[], output: string): string[] {
  const edge = MEDIA.videoEdgePixels;
  const scale = `scale='min(${edge},iw)':'min(${edge},ih)':force_original_aspect_ratio=decrease:force_divisible_by=2`;
  return [
    ...["-nostdin", "-v", "error", ...reading],
    ...["-map", "0:v:0", "-map", "0:a:0?", "-map_metadata", "-1", "-map_chapters", "-1", "-dn", "-sn"],
    ...["-t", String(MEDIA.videoSeconds), "-vf", scale, "-pix_fmt", "yuv420p"],
    ...["-c:v", "libx264", "-preset", "veryfast", "-crf", "28", "-c:a", "aac", "-b:a", "64k", "-threads", "1"],
    ...["-fflags", "+bitexact", "-flags:v", "+bitexact", "-flags:a", "+bitexact", "-movflags", "+faststart"],
    ...["-fs", String(MEDIA.cleanedBytes / 2), output],
  ];
}

/** As its head says. */
async function sizeOf(reading: readonly string[]): Promise<Result<{ width: number; height: number }>> {
  let said = "";
  const shown = ["-select_streams", "v:0", "-show_entries", "stream=width,height", "-of", "csv=p=0"];
  const end = await run("ffprobe", ["-v", "error", ...shown, ...reading], (text) => {
    said += text;
  });
  const problem = problemOf(end);
  if (problem) return problem;
  // It may say the same stream twice, once for a program that it is of.
  const [width, height] = said.split(/[,\s]+/).map(Number);
  return width && height ? ok({ width, height }) : fail("MEDIA_DAMAGED", "there is no picture in it");
}

function run(program: string, args: readonly string[], hear: (text: string) => void = () => {}): Promise<End> {
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "ignore"] });
  child.stdout.setEncoding("utf8").on("data", hear);
  return new Promise((resolve) => {
    child.once("error", () => resolve("absent"));
    child.once("close", (code) => resolve(code ?? "signal"));
  });
}
