/** A carrier that answers no part of a long message before it has all of them, and is slow: few are outstanding, and none waits for ever. */
import type { Socket } from "node:net";
import type { PDU } from "smpp";
import { expect, test } from "vitest";
import { plainServer } from "../harness.js";
import { endAfterEach, onPdus, polite, rigFor } from "../peer.js";

endAfterEach();

const EACH_MS = 300;
const WINDOW = 4;
const PARTS = 4;
/** Enough to find out that it is slow, and enough to stand still in. */
const [SHORT, LONG] = [8, 4];
const TEXT = "Jongen van 5 vermist bij het station, blauwe jas. ".repeat(11);

/** Answers whole messages, one after the other. */
function joining(socket: Socket): void {
  const parts = new Map<unknown, PDU[]>();
  let turn = Promise.resolve();
  let count = 0;
  const answer = (pdus: readonly PDU[]): void => {
    turn = turn.then(() => new Promise((resolve) => setTimeout(resolve, EACH_MS)));
    turn = turn.then(() => {
      for (const pdu of pdus) socket.write(pdu.response({ message_id: String(++count) }).toBuffer());
    });
  };
  onPdus(socket, (pdu) => {
    if (pdu.command !== "submit_sm") return polite(pdu, socket);
    if (pdu.esm_class !== 0x40) return answer([pdu]);
    const of = [...(parts.get(pdu.destination_addr) ?? []), pdu];
    parts.set(pdu.destination_addr, of);
    if (of.length === PARTS) answer(of);
  });
}

test("all parts of a message may be outstanding, however few the carrier answers in its time", async () => {
  const rig = rigFor(await plainServer(joining), { window: WINDOW });
  rig.open(0, 1, "Kort");
  rig.open(1, 2, TEXT);
  rig.grant(0, 0, SHORT);
  await rig.until("the short ones", () => rig.of("outcome").length === SHORT);
  expect(rig.gauge("window")).toBeLessThan(PARTS);
  rig.grant(1, 0, LONG);
  await rig.until("the long ones", () => rig.of("outcome").length === SHORT + LONG * PARTS);
  expect(rig.of("outcome").filter(({ three }) => three !== 0)).toEqual([]);
  expect(rig.of("unknown")).toEqual([]);
});
