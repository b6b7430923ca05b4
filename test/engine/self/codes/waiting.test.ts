/** A code that waits until its channel takes it is sent while it counts, and not after. */
import { expect, it } from "vitest";
import { SELF } from "../../../../schemas/limits.js";
import { given } from "../../registry/samples.js";
import { MAIL, NUMBER, SelfRig } from "../rig.js";

it.each(["number", "mail"] as const)("a code by %s that waited until it was over is not sent", (kind) => {
  const rig = new SelfRig();
  rig.person({ number: Number(NUMBER.slice(1)), mail: MAIL });
  const channel = rig.channels[kind];
  const ask = () => given(rig.service.requestCode(kind === "number" ? { number: NUMBER } : { mail: MAIL }, "10.0.0.1"));
  ask();
  rig.nowMs += SELF.codeMs - 1;
  const { expiresAt } = ask();
  channel.takes = false;
  rig.beats(20);
  expect(channel.came).toEqual([]);
  rig.nowMs += 1;
  channel.takes = true;
  rig.beats(20);
  expect(channel.sent.map(({ expiresAtMs }) => new Date(expiresAtMs).toISOString())).toEqual([expiresAt]);
});
