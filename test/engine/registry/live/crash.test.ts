import { expect, it } from "vitest";
import { switchedOffBit } from "../../../../schemas/words.js";
import { startNode } from "../../../children.js";
import { temporaryFolder } from "../../../temp-folder.js";
import { given } from "../samples.js";
import { LiveRig } from "./rig.js";

const CHANGER = new URL("./change-child.js", import.meta.url);
const NUMBER = 31_690_000_001;
const KILLS = 8;
/** In the order in which each participant goes through them. */
const STAGES = ["joined", "moved", "preferred", "stopped", "erased"] as const;

interface Said {
  readonly number: number;
  stage: number;
}

it("what was said to be durable is there after a kill at any moment, and nobody who was erased", async () => {
  const folder = temporaryFolder();
  const said = new Map<number, Said>();
  for (let kill = 0; kill < KILLS; kill++) {
    const from = NUMBER + kill * 100_000;
    const child = startNode(CHANGER, [folder, String(from)], {
      onLine: () => {
        if (child.lines.length === 40 + kill * 7) child.process.kill("SIGKILL");
      },
    });
    expect((await child.ended).signal, child.errors()).toBe("SIGKILL");
    for (const line of child.lines) hear(line, said);
    const rig = await LiveRig.open(folder);
    for (const [participant, one] of said) look(rig, participant, one);
    // Everybody who is there is there once, and counted.
    const people = [...rig.status.keys()].filter((row) => given(rig.live.get(row)) !== undefined);
    expect(people.length).toBe(rig.live.count);
    expect(new Set(people.map((row) => Math.abs(rig.numbers[row]!))).size).toBe(people.length);
    expect(rig.data.vault.needsRenewal).toBe(false);
    await rig.close();
  }
  const stages = [...said.values()].map(({ stage }) => stage);
  expect(new Set(stages).size).toBe(STAGES.length);
});

function hear(line: string, said: Map<number, Said>): void {
  const [word, participant, number] = line.split(" ");
  const stage = STAGES.indexOf(word as (typeof STAGES)[number]);
  const known = said.get(Number(participant));
  // A participant number means one person for ever.
  expect(known === undefined).toBe(stage === 0);
  if (known) known.stage = stage;
  else said.set(Number(participant), { number: Number(number), stage });
}

function look({ live }: LiveRig, participant: number, { number, stage }: Said): void {
  const there = given(live.get(participant));
  const mayBeErased = stage >= STAGES.indexOf("stopped") && number % 2 === 1;
  if (there === undefined) {
    expect(mayBeErased, `${participant} at ${STAGES[stage]}`).toBe(true);
    expect([live.byNumber(number), live.byMail(`${number}@example.org`)]).toEqual([[], []]);
    return;
  }
  expect(stage, `${participant} was erased`).toBeLessThan(STAGES.indexOf("erased"));
  expect([live.byNumber(number), live.byMail(`${number}@example.org`)]).toEqual([[participant], [participant]]);
  if (stage >= STAGES.indexOf("moved")) expect(there.locations.map(({ lng }) => lng)).toEqual([6, 4]);
  if (stage >= STAGES.indexOf("preferred")) expect(there.language).toBe(2);
  if (stage >= STAGES.indexOf("stopped")) expect(there.switchedOff).toBe(switchedOffBit("sms"));
}
