/** Replaces the registry of a folder over and over; the registry of round n has n * 700 people who all speak language n % 9. */

import { openDataFolder } from "../../../engine/registry/open.js";
import { RegistryWriter } from "../../../engine/registry/record/writer.js";
import { given } from "./samples.js";

const data = given(openDataFolder(process.argv[2]!));
for (let round = Number(process.argv[3]); ; round++) {
  const writer = given(await RegistryWriter.begin(data, { generated: false, replace: true }));
  for (let row = 0; row < round * 700; row++) {
    writer.participant(row, 31_612_000_000 + row, 0, round % 9);
    writer.location(5, 52, 4, 0, 0, 0);
    // More often than when it is full, so that there are many commits to be caught between.
    if (row % 512 === 0) given(await writer.flush());
  }
  given(await writer.finish());
  process.stdout.write(`${round}\n`);
}
