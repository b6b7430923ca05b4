/** What exiftool finds in a file that is not its picture or sound: the referee of what is left of metadata. */
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { missing } from "../../interop/tools.js";

const reason = missing("libimage-exiftool-perl");
if (reason !== null) console.log(`metadata are not looked for by exiftool: ${reason}`);

/** Names of tags, with their groups; those of the file system and what is worked out of the size are left out. Null without exiftool. */
export const tagsOf: ((folder: string, bytes: Buffer) => string[]) | null = reason === null ? tags : null;

function tags(folder: string, bytes: Buffer): string[] {
  const path = join(folder, "seen");
  writeFileSync(path, bytes);
  // -ee: also what is in streams beside picture and sound, such as the way that a camera took.
  const found = execFileSync("exiftool", ["-j", "-G", "-a", "-u", "-ee", path], { encoding: "utf8" });
  const names = Object.keys((JSON.parse(found) as Record<string, unknown>[])[0]!);
  return names.filter(
    (tag) => !/^(SourceFile|ExifTool|File|Composite:(ImageSize|Megapixels|AvgBitrate|Rotation))/.test(tag),
  );
}
