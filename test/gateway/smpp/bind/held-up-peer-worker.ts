/**
 * The thread of a carrier that answers while ours is held up: what it is to withhold it answers when it is told to, and then says so by
 * shared memory, for our thread reads no messages meanwhile. Its answers then lie in the kernel.
 */
import type { Socket } from "node:net";
import { parentPort, workerData } from "node:worker_threads";
import type { PDU } from "smpp";
import { assert } from "../../../../schemas/errors.js";
import { reading } from "../peer.js";
import { ANSWERED, type HeldUpData, SEEN } from "./held-up-peer.js";

const { shared, withheld } = workerData as HeldUpData;
const words = new Int32Array(shared);
const port = parentPort;
assert(port !== null, "it runs in a thread of its own");

const waiting: (readonly [PDU, Socket])[] = [];
const server = await reading((pdu, socket) => {
  if (withheld.includes(pdu.command) && !waiting.some(([one]) => one.command === pdu.command)) {
    waiting.push([pdu, socket]);
    Atomics.add(words, SEEN, 1);
  } else if (!pdu.command.endsWith("_resp")) socket.write(answer(pdu));
});
port.on("message", (command: "answer" | "stop") => {
  if (command === "stop") {
    void server.stop().then(() => port.close());
    return;
  }
  let left = waiting.length;
  for (const [pdu, socket] of waiting) {
    socket.write(answer(pdu), () => {
      if (--left > 0) return;
      Atomics.store(words, ANSWERED, 1);
      Atomics.notify(words, ANSWERED);
    });
  }
});
port.postMessage(server.port);

function answer(pdu: PDU): Buffer {
  return pdu.response(pdu.command === "submit_sm" ? { message_id: "m" } : {}).toBuffer();
}
