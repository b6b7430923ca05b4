/**
 * Our carrier against `drive_smpp`, the SMPP server with which Kannel tests itself (Debian: kannel-extras). Skipped, with
 * a word, where it is missing.
 *
 * It knows transmitters and receivers, no transceivers; it gives no message_id; it sends messages as receipts without
 * esm_class, an enquire_link after each; and it ends when a connection ends. It wants Kannel's own port 13001 to connect
 * to, on which somebody only has to listen.
 */
import { once } from "node:events";
import { createServer } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { freePort } from "../../loadtest/free-port.js";
import { Rig } from "../gateway/smpp/harness.js";
import { Capture, DRIVE_SMPP, missing, startTool, until } from "./tools.js";

const COUNT = 300;
const MESSAGES = 40;
const BEARERBOX_PORT = 13_001;
const TEXT = "Jongen (5) vermist bij het station";

/** False when somebody else has the port. */
async function standInForBearerbox(): Promise<boolean> {
  const server = createServer((socket) => socket.on("error", () => socket.destroy()).resume());
  onTestFinished(() => void server.close());
  server.listen(BEARERBOX_PORT, "127.0.0.1");
  const [first] = await Promise.race([
    once(server, "listening").then(() => [true]),
    new Promise<[false]>((resolve) => server.once("error", () => resolve([false]))),
  ]);
  return first === true;
}

test("drive_smpp gets everything that is submitted, and its messages and enquiries are answered", async (context) => {
  const reason = missing("kannel-extras") ?? ((await standInForBearerbox()) ? null : `port ${BEARERBOX_PORT} is taken`);
  if (reason !== null) {
    console.log(`skipped: ${reason}`);
    context.skip(reason);
    return;
  }
  const port = await freePort();
  const smsc = startTool(DRIVE_SMPP, ["-v", "0", "-p", String(port), "-m", String(MESSAGES)]);
  await until("drive_smpp", () => smsc.lines.some((line) => line.includes("Starting drive_smpp")));
  const capture = await Capture.start(port);
  const separate = { bind: "separate", binds: 1, receivers: 1 } as const;
  const rig = new Rig(port, { ...separate, window: 20, enquireLinkMs: 300 });
  await rig.until("both binds", () => rig.gauge("window") > 0 && rig.gauge("receiving") === 1);
  rig.open(0, 0, TEXT);
  rig.grant(0, 0, COUNT);
  await rig.until("all outcomes", () => rig.of("outcome").length === COUNT);
  const saysTimes = (words: string) => smsc.lines.filter((line) => line.includes(words)).length;
  await until("its messages", () => saysTimes("Delivered SMS") === MESSAGES);
  const answered = () =>
    saysTimes("SMPP PDU of type deliver_sm_resp") + saysTimes("SMPP PDU of type enquire_link_resp");
  await until("our answers", () => answered() >= 2 * MESSAGES);
  await until(
    "our enquiries",
    () => saysTimes("SMPP PDU of type enquire_link") > saysTimes("SMPP PDU of type enquire_link_resp"),
  );
  await rig.carrier.close();

  expect(saysTimes(`short_message = <${TEXT}>`)).toBe(COUNT);
  expect(rig.of("outcome").every(({ three }) => three === 0)).toBe(true);
  expect(saysTimes("SMPP PDU of type bind_transmitter")).toBe(1);
  expect(saysTimes("SMPP PDU of type bind_receiver")).toBe(1);
  expect(saysTimes("SMPP PDU of type unbind")).toBeGreaterThan(0);
  expect(smsc.lines.filter((line) => /Unhandled|unpacking failed|garbage|PANIC/.test(line))).toEqual([]);
  expect(rig.gauge("disconnects")).toBe(0);
  const wire = await capture?.decoded();
  if (wire === undefined) return;
  expect(wire.malformed).toBe(0);
  expect(wire.commands.get("submit_sm")).toBe(COUNT);
  expect(wire.commands.get("deliver_sm_resp")).toBe(MESSAGES);
  expect(wire.commands.get("enquire_link_resp")).toBe(wire.commands.get("enquire_link"));
});
