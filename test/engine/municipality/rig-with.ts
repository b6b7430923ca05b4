/** A rig of a test's own. */
import { onTestFinished } from "vitest";
import { temporaryFolder } from "../../temp-folder.js";
import { type SamplePerson, writeSample } from "../registry/samples.js";
import { openRig, type Rig, type RigOptions } from "./rig.js";

/** Over a registry with these participants, gone when the test is. */
export async function rigWith(people: readonly SamplePerson[], options: RigOptions = {}): Promise<Rig> {
  const folder = temporaryFolder();
  await writeSample(folder, people);
  const rig = await openRig(folder, options);
  onTestFinished(() => rig.close());
  return rig;
}
