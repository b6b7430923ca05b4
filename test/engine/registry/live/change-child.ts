/**
 * Changes a registry without end, in several streams at a time, and says what is on the disk: joining, moving house,
 * preferences, STOP, and every second one erased. Each line is said when it is durable.
 */
import { setTimeout } from "node:timers/promises";
import { given } from "../samples.js";
import { locationAt, SOMEBODY } from "../somebody.js";
import { LiveRig } from "./rig.js";

const STREAMS = 8;

const rig = await LiveRig.open(process.argv[2]!);
const first = Number(process.argv[3]);
const { live } = rig;

function say(...words: readonly (string | number)[]): void {
  process.stdout.write(`${words.join(" ")}\n`);
}

let next = first;
async function stream(): Promise<void> {
  for (;;) {
    const number = next++;
    const participant = given(live.add({ ...SOMEBODY, number, mail: `${number}@example.org` }));
    given(await live.settled());
    say("joined", participant, number);
    given(live.change(participant, (now) => ({ ...now, locations: [locationAt(6, 53, 14), locationAt(4, 52, 363)] })));
    given(await live.settled());
    say("moved", participant);
    given(live.change(participant, (now) => ({ ...now, language: 2 })));
    given(await live.settled());
    say("preferred", participant);
    given(live.switchSms([participant], "off"));
    await rig.ledger();
    say("stopped", participant);
    if (number % 2 === 0) continue;
    given(live.erase(participant));
    given(await live.settled());
    say("erased", participant);
    await setTimeout(number % 3);
  }
}

await Promise.all(Array.from({ length: STREAMS }, stream));
