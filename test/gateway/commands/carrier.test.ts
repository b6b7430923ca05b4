/** `seinpost carrier check` as a user runs it, against carriers of every kind. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import smpp from "smpp";
import { describe, expect, onTestFinished, test } from "vitest";
import { type SimulatorOptions, type SimulatorProcess, startSimulator } from "../../../loadtest/carrier/process.js";
import { temporaryFolder } from "../../temp-folder.js";
import { plainServer } from "../smpp/harness.js";
import { polite, reading, receiptPdu } from "../smpp/peer.js";

const MAIN = fileURLToPath(new URL("../../../gateway/main.js", import.meta.url));

interface Checked {
  readonly code: number;
  readonly said: string;
}

async function check(entry: object, name = "north"): Promise<Checked> {
  const file = join(temporaryFolder(), "carriers.json");
  const carrier = { name: "north", host: "127.0.0.1", systemId: "seinpost", password: "geheim1", sender: "Burgernet" };
  writeFileSync(file, JSON.stringify({ carriers: [{ ...carrier, ...entry }] }));
  const child = spawn(process.execPath, [MAIN, "carrier", "check", name], {
    env: { ...process.env, SEINPOST_CARRIERS: file },
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (text) => {
      said += text;
    });
  }
  const [code] = await once(child, "close");
  return { code, said };
}

async function carrier(options: SimulatorOptions = {}): Promise<SimulatorProcess> {
  const simulator = await startSimulator({ systemId: "seinpost", password: "geheim1", ...options });
  onTestFinished(() => simulator.stop());
  return simulator;
}

describe("carrier check", () => {
  test("binds every bind, asks each whether it is there, and submits nothing", async () => {
    const simulator = await carrier();
    const { code, said } = await check({ port: simulator.smppPort, bind: "separate", binds: 2, receivers: 1 });
    expect(said).toContain('2 transmitters and one receiver of system_id "seinpost"');
    for (const name of ["bind 1", "bind 2", "receiver 1"]) {
      expect(said).toMatch(new RegExp(`ok +${name}: bound in \\d+ ms, without TLS`));
      expect(said).toMatch(new RegExp(`ok +${name}: enquire_link answered`));
    }
    expect(code).toBe(0);
    expect((await simulator.counters()).submitted).toBe(0);
  });

  test("says what to do when the carrier refuses, and shows no password", async () => {
    const simulator = await carrier();
    const { code, said } = await check({ port: simulator.smppPort, password: "anders" });
    expect(said).toContain("CARRIER_REFUSED_BIND: the password is wrong (command_status 0x0000000e)");
    expect(said).not.toContain("anders");
    expect(code).toBe(1);
  });

  test.each([
    [{ port: 9 }, "127.0.0.1:9: nothing listens there"],
    [{ port: 9, host: "smsc.invalid" }, "the name is not known to the name servers"],
  ])("says why a carrier can't be reached: %o", async (entry, words) => {
    const { code, said } = await check(entry);
    expect(said).toContain(words);
    expect(code).toBe(1);
  });

  test("says when TLS is not what the carrier speaks, and when nobody answers the bind", async () => {
    const simulator = await carrier({ personalities: ["mute-bind"] });
    const secure = await check({ port: simulator.smppPort, tls: true, bindTimeoutMs: 3_000 });
    expect(secure.said).toContain("no TLS that we understand is spoken there");
    const mute = await check({ port: simulator.smppPort, bindTimeoutMs: 300 });
    expect(mute.said).toContain("no bind within the deadline");
    expect([secure.code, mute.code]).toEqual([1, 1]);
  });

  test("ends, and says so, when the carrier answers no unbind", async () => {
    const server = await reading((pdu, socket) => {
      if (pdu.command !== "unbind") polite(pdu, socket);
    });
    const { code, said } = await check({ port: server.port, enquireLinkTimeoutMs: 200 });
    await server.stop();
    expect(said).toContain("unbind is not answered");
    expect(code).toBe(0);
  });

  test("says why a bind was lost after it was bound, and leaves deliveries with an answer that ends with its NUL", async () => {
    const answers: Buffer[] = [];
    const server = await plainServer((socket) => {
      socket.on("data", (data) => {
        const command = data.readUInt32BE(4);
        if (command === 0x8000_0005) answers.push(data);
        if (command === 0x8000_0005 || command >= 0x8000_0000) return void socket.destroy();
        const pdu = new smpp.PDU(data);
        polite(pdu, socket);
        if (pdu.command === "enquire_link") setTimeout(() => socket.write(receiptPdu("1", 77)), 100);
      });
    });
    const { code, said } = await check({ port: server.port });
    await server.stop();
    expect(said).toContain("enquire_link answered");
    expect(said).toMatch(/FAIL +bind 1: the bind was lost: the carrier closed the connection/);
    expect(answers.map((answer) => answer.toString("hex"))).toEqual(["0000001180000005000000640000004d00"]);
    expect(code).toBe(1);
  });

  test("does nothing with a file that has a mistake, or has no such carrier", async () => {
    const unknown = await check({ port: 9 }, "south");
    expect(unknown).toMatchObject({
      code: 2,
      said: expect.stringContaining('no carrier "south" in the file; it has north'),
    });
    const mistaken = await check({ port: 0 });
    expect(mistaken).toMatchObject({ code: 78, said: expect.stringContaining("/carriers/0/port") });
  });
});
