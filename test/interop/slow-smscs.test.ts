/**
 * The whole service, with its defaults, against SMSCs that others wrote and that do one message after the other, each slower than a
 * queue of all of them would have time for: judged by their own logs nobody gets anything twice and nobody is missed, every receipt
 * finds its message, and a reply and a STOP arrive. One made with Net::SMPP (Debian: libnet-smpp-perl; skipped, with a word,
 * where it is missing), one with the package `smpp`.
 */
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import smpp, { type Fields, type PDU, type Session } from "smpp";
import { expect, onTestFinished, test } from "vitest";
import { EngineProcess } from "../../loadtest/engine-process.js";
import type { ReplyPage } from "../../schemas/api/action/reply.js";
import type { Action } from "../../schemas/api/api.js";
import { EVERYWHERE, Whole } from "../service/whole.js";
import { NetSmpp } from "./net-smpp.js";
import { missing } from "./tools.js";

const PEOPLE = 100;
const DELAY_MS = 10;
const REPLY = "Gezien bij het station";
const STOP = "Stop aub";
const SHORT = "Burgernet: jongen vermist bij het station";
/** Of two parts. */
const LONG = `${SHORT}. ${"Blauwe jas, rode schoenen, groene rugzak. ".repeat(4)}`;

interface Smsc {
  readonly port: number;
  /** What it took so far: the recipient of each submit_sm. */
  taken(): readonly string[];
}

async function perl(): Promise<Smsc> {
  const smsc = await NetSmpp.start("0", String(DELAY_MS), STOP);
  return { port: smsc.port, taken: () => smsc.said("submit").map(({ to }) => to!) };
}

/** The package's server, with a carrier's answers around it. */
async function javascript(): Promise<Smsc> {
  const taken: string[] = [];
  const server = smpp.createServer((session) => {
    let turn = Promise.resolve();
    const inTurn = (pdu: PDU, answer: () => void): void => {
      turn = turn.then(() => sleep(pdu.command === "submit_sm" ? DELAY_MS : 0)).then(answer);
    };
    session.on("error", () => session.destroy());
    for (const command of ["bind_transceiver", "enquire_link", "unbind"]) {
      session.on(command, (pdu: PDU) => inTurn(pdu, () => void session.send(pdu.response())));
    }
    session.on("submit_sm", (pdu: PDU) => inTurn(pdu, () => takeSubmit(session, pdu, taken)));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    for (const session of server.sessions) session.destroy();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, taken: () => taken };
}

function takeSubmit(session: Session, pdu: PDU, taken: string[]): void {
  const to = String(pdu.destination_addr);
  const id = taken.push(to);
  session.send(pdu.response({ message_id: String(id) }));
  const deliver = (fields: Fields) =>
    session.deliver_sm({
      source_addr: to,
      source_addr_ton: 1,
      source_addr_npi: 1,
      destination_addr: "Burgernet",
      ...fields,
    });
  const dates = "submit date:2401011200 done date:2401011201";
  deliver({ esm_class: 4, short_message: `id:${id} sub:001 dlvrd:001 ${dates} stat:DELIVRD err:000 text:` });
  if (id <= 2) deliver({ short_message: id === 1 ? REPLY : STOP });
}

test("Net::SMPP, one after the other: everyone once, every receipt, a reply and a STOP", async (context) => {
  const reason = missing("libnet-smpp-perl");
  if (reason !== null) {
    console.log(`skipped: ${reason}`);
    context.skip(reason);
    return;
  }
  await drive(await perl());
});

test("the package smpp, one after the other: everyone once, every receipt, a reply and a STOP", async () => {
  await drive(await javascript());
});

async function drive(smsc: Smsc): Promise<void> {
  const whole = await Whole.prepare(PEOPLE, []);
  const access = { systemId: "seinpost", password: "loopback", sender: "Burgernet" };
  const entry = { name: "slow", host: "127.0.0.1", port: smsc.port, ...access };
  const engine = await EngineProcess.start({ dataFolder: whole.folder, carriers: [entry] });
  onTestFinished(() => engine.stop("SIGKILL"));
  await engine.untilBound();
  const send = async (text: string): Promise<Action> => {
    const area = EVERYWHERE;
    const { id } = await engine.createAction({ area, text, dispatch: true });
    return engine.until(id, ({ waves }) => waves[0] !== undefined && waves[0].counts.delivered === waves[0].recipients);
  };
  const first = await send(SHORT);
  const [, stopped] = smsc.taken();
  const everyone = new Set(smsc.taken());
  expect(everyone.size).toBe(first.waves[0]!.recipients);
  // Beside the message, whoever switched gets one that confirms it.
  while (smsc.taken().length <= everyone.size) await sleep(20);
  expect([...timesOf(smsc.taken())].filter(([number, times]) => times !== (number === stopped ? 2 : 1))).toEqual([]);
  const { replies } = (await engine.request<ReplyPage>("GET", `/v1/actions/${first.id}/replies`)).body;
  expect(replies.map(({ text }) => text)).toEqual([REPLY]);

  const second = await send(LONG);
  expect(second.waves[0]).toMatchObject({ recipients: everyone.size - 1, segmentsPerMessage: 2 });
  expect([...timesOf(smsc.taken())].filter(([number, times]) => times !== (number === stopped ? 2 : 3))).toEqual([]);
  const [carrier] = await engine.carriers();
  expect(carrier).toMatchObject({ strayReceipts: 0, strayResponses: 0, disconnects: 0, protocolErrors: 0, refused: 0 });
  for (const { waves } of [first, second]) expect(waves[0]!.counts.possibleDuplicates).toBe(0);
}

function timesOf(numbers: readonly string[]): Map<string, number> {
  const times = new Map<string, number>();
  for (const number of numbers) times.set(number, (times.get(number) ?? 0) + 1);
  return times;
}
