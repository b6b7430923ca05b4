/** What tests of an action's life share: a harness over so many people, its end, and who was written to. */
import type { Action } from "../../../schemas/api/api.js";
import type { FakeCarrier } from "../dispatch/fake-carrier.js";
import { FakeSelector, type Harness } from "./harness.js";
import type { OwnHarness } from "./own-harness.js";

export function start(own: OwnHarness, count: number, ...carriers: FakeCarrier[]): Promise<Harness> {
  return own.start(carriers, new FakeSelector(count));
}

/** The clock goes on from where it was. */
export function restart(own: OwnHarness, count: number, ...carriers: FakeCarrier[]): Promise<Harness> {
  return own.restart(carriers, new FakeSelector(count));
}

export const END = { text: "he was found, thank you", outcome: "success" as const };

/** Participants of whom the text of wave `index` went out, in order. */
export function asked(harness: Harness, action: Action, index: number): number[] {
  const wave = harness.dispatcher.waves.find(
    ({ record }) => record.actionId === action.id && record.kind === (index === 0 ? "first" : "ending"),
  );
  return harness
    .log()
    .filter(({ slot, segment }) => slot === wave?.slot && segment === 0)
    .map(({ participant }) => participant);
}
