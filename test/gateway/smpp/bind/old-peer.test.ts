/** A carrier that has answered the bind as one of SMPP 3.3 gets nothing optional, whatever is configured. */
import smpp, { type PDU } from "smpp";
import { expect, test } from "vitest";
import { CONCATENATIONS } from "../../../../schemas/carrier.js";
import { plainServer } from "../harness.js";
import { endAfterEach, onPdus, polite, rigFor } from "../peer.js";

endAfterEach();

const TLVS = ["sar_msg_ref_num", "sar_total_segments", "sar_segment_seqnum", "message_payload"];
const LONG = "Jongen van 5 vermist bij het station. ".repeat(8);

/** Binds with this sc_interface_version and takes everything; what it was sent. */
async function carrier(version: number) {
  const submitted: PDU[] = [];
  const server = await plainServer((socket) => {
    onPdus(socket, (pdu) => {
      if (pdu.command === "bind_transceiver") {
        socket.write(pdu.response({ sc_interface_version: version }).toBuffer());
      } else if (pdu.command === "submit_sm") {
        submitted.push(pdu);
        socket.write(pdu.response({ message_id: String(submitted.length) }).toBuffer());
      } else polite(pdu, socket);
    });
  });
  return { server, submitted };
}

test.each(CONCATENATIONS)(
  "%s: parts are joined in their headers, and all of the text is there",
  async (concatenation) => {
    const { server, submitted } = await carrier(0x33);
    const rig = rigFor(server, { concatenation });
    await rig.until("a bind", () => rig.gauge("bound") === 1);
    // The bind's word has come to the main thread, which says how many parts there are.
    await rig.until("its word", () => rig.carrier.adviseText(LONG).segments === 2);
    rig.open(0, 1, LONG);
    rig.grant(0, 0, 3);
    await rig.until("all outcomes", () => rig.of("outcome").length === 6);
    for (const pdu of submitted) {
      for (const tlv of TLVS) expect(pdu[tlv]).toBeUndefined();
      expect(pdu.esm_class).toBe(0x40);
    }
    const texts = submitted.slice(0, 2).map(({ short_message }) => (short_message as { message: string }).message);
    expect(texts.join("")).toBe(LONG);
  },
);

test("a wave that was opened before that was known is not sent in a TLV either", async () => {
  const { server, submitted } = await carrier(0x33);
  const rig = rigFor(server, { concatenation: "payload" });
  rig.open(0, 1, LONG);
  rig.open(1, 2, "Kort");
  rig.grant(0, 0, 2);
  rig.grant(1, 0, 2);
  await rig.until("all outcomes", () => rig.of("outcome").length === 4);
  const refused = rig.of("outcome").filter(({ three }) => three === smpp.errors.ESME_RINVMSGLEN);
  expect(refused).toHaveLength(2);
  expect(submitted.map(({ message_payload }) => message_payload)).toEqual([undefined, undefined]);
});

test("who answers as 3.4, or does not say, is sent what is configured", async () => {
  const { server, submitted } = await carrier(0x34);
  const rig = rigFor(server, { concatenation: "sar" });
  rig.open(0, 1, LONG);
  rig.grant(0, 0, 1);
  await rig.until("all outcomes", () => rig.of("outcome").length === 2);
  expect(submitted.map((pdu) => pdu.sar_segment_seqnum)).toEqual([1, 2]);
});
