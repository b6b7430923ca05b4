/** A carrier's thread over TLS, with certificates of every kind that must not be trusted; ../certificates/make.sh makes them. */
import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer, type TLSSocket, type TlsOptions } from "node:tls";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { readCarriers } from "../../../../gateway/smpp/settings/configuration.js";
import type { TlsConfiguration } from "../../../../schemas/carrier.js";
import { listen, numberOf, plainServer } from "../harness.js";
import { endAfterEach, onPdus, polite, receiptPdu, rigFor, type Settings } from "../peer.js";

endAfterEach();

/** Tests run from dist/, the certificates stay where the source is. */
const FOLDER = new URL("../../../../../test/gateway/smpp/certificates/", import.meta.url);

function pem(name: string): string {
  return readFileSync(new URL(`${name}.pem`, FOLDER), "utf8");
}

const TRUSTING: TlsConfiguration = { ca: pem("authority"), serverName: null, certificate: null, key: null };

interface Secure {
  readonly port: number;
  readonly names: (string | false)[];
  readonly sockets: TLSSocket[];
  stop(): Promise<void>;
}

/** Answers binds, and submissions with their destination as message_id. */
async function secureServer(certificate: string, options: TlsOptions = {}): Promise<Secure> {
  const sockets: TLSSocket[] = [];
  const names: (string | false)[] = [];
  const server = createServer({ cert: pem(certificate), key: pem("key"), ...options }, (socket) => {
    sockets.push(socket);
    names.push(socket.servername ?? false);
    socket.on("error", () => socket.destroy());
    onPdus(socket, (pdu) => {
      if (!polite(pdu, socket) && pdu.command === "submit_sm") {
        socket.write(pdu.response({ message_id: String(pdu.destination_addr) }).toBuffer());
      }
    });
  });
  server.on("tlsClientError", () => {});
  const port = await listen(server);
  const stop = async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  };
  return { port, names, sockets, stop };
}

async function trouble(certificate: string, settings: Settings, options: TlsOptions = {}) {
  const server = await secureServer(certificate, options);
  const rig = rigFor(server, settings);
  await rig.until("a problem", () => rig.carrier.lastProblem() !== null);
  expect(rig.gauge("bound")).toBe(0);
  return rig.carrier.lastProblem()!;
}

describe("TLS", () => {
  test("binds by address without SNI, and sends and hears as without TLS", async () => {
    const server = await secureServer("good");
    const rig = rigFor(server, { tls: TRUSTING, window: 500 });
    rig.open(0, 1);
    for (let first = 0; first < 5_000; first += 250) rig.grant(0, first, 250);
    await rig.until("5000 outcomes", () => rig.of("outcome").length === 5_000);
    expect(rig.events.every((event) => event.id === numberOf(event.two))).toBe(true);
    expect(new Set(rig.events.map((event) => event.two)).size).toBe(5_000);
    expect(server.names).toEqual([false]);
    expect(rig.carrier.lastProblem()).toBeNull();
  });

  test("by name: the certificate must carry the configured name, else the host", async () => {
    const server = await secureServer("good");
    const one = rigFor({ ...server, stop: async () => {} }, { tls: { ...TRUSTING, serverName: "carrier.example" } });
    await one.until("a bind", () => one.gauge("bound") === 1);
    const two = rigFor(server, { tls: TRUSTING, host: "localhost" });
    await two.until("a bind", () => two.gauge("bound") === 1);
    expect(server.names).toEqual(["carrier.example", "localhost"]);
  });

  test("a ledger that takes nothing stops the reading, and all receipts come in the end, each once", async () => {
    const server = await secureServer("good");
    const rig = rigFor(server, { tls: TRUSTING });
    await rig.until("a bind", () => rig.gauge("bound") === 1);
    rig.releasing = false;
    const many = Array.from({ length: 30_000 }, (_, at) => receiptPdu(`${at}`.padStart(60, "i"), at + 1));
    let answered = 0;
    onPdus(server.sockets[0]!, (pdu) => {
      if (pdu.command === "deliver_sm_resp") answered++;
    });
    server.sockets[0]!.write(Buffer.concat(many));
    await rig.until("a full ring", () => rig.of("receipt").length > 5_000);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(rig.of("receipt").length).toBeLessThan(20_000);
    expect(answered).toBe(0);
    rig.releasing = true;
    rig.release();
    await rig.until("all receipts", () => rig.of("receipt").length === 30_000 && answered === 30_000);
    expect(new Set(rig.events.map((event) => event.id)).size).toBe(30_000);
  });

  test.each([
    ["expired", {}, "it has expired"],
    ["not-yet", {}, "it is not valid yet"],
    ["self-signed", {}, "it is self-signed"],
    ["foreign", {}, "an authority that is not trusted here"],
    ["good", { ca: null }, "an authority that is not trusted here"],
    ["wrong-name", {}, 'it is not for "127.0.0.1"'],
    ["good", { serverName: "bank.example" }, 'it is not for "bank.example"'],
    ["good", { serverName: "127.0.0.2" }, 'it is not for "127.0.0.2"'],
  ])("a certificate that is %s is not trusted: %j", async (certificate, tls, words) => {
    const problem = await trouble(certificate, { tls: { ...TRUSTING, ...tls } });
    expect(problem).toMatchObject({ code: "CARRIER_UNTRUSTED", field: "bind 1" });
    expect(problem.detail).toContain(words);
  });

  test("a server without TLS, and one that falls silent in the handshake", async () => {
    const plain = await plainServer((socket) => socket.write("220 ready\r\n"));
    const rig = rigFor(plain, { tls: TRUSTING });
    await rig.until("a problem", () => rig.carrier.lastProblem() !== null);
    expect(rig.carrier.lastProblem()).toMatchObject({ code: "CARRIER_UNREACHABLE" });
    expect(rig.carrier.lastProblem()!.detail).toContain("no TLS");
    const silent = await plainServer(() => {});
    const waiting = rigFor(silent, { tls: TRUSTING, bindTimeoutMs: 100 });
    await waiting.until("a problem", () => waiting.carrier.lastProblem() !== null);
    expect(waiting.carrier.lastProblem()!.detail).toContain("connecting");
  });

  test.each(["TLSv1.2", "TLSv1.3"] as const)(
    "our own certificate is shown where it is asked for, by %s",
    async (maxVersion) => {
      const asking: TlsOptions = { ca: pem("authority"), requestCert: true, rejectUnauthorized: true, maxVersion };
      const server = await secureServer("good", asking);
      const rig = rigFor(server, { tls: { ...TRUSTING, certificate: pem("client"), key: pem("key") } });
      await rig.until("a bind", () => rig.gauge("bound") === 1);
      expect(server.sockets[0]!.getPeerCertificate().subject.CN).toBe("seinpost");
      const problem = await trouble("good", { tls: TRUSTING }, asking);
      expect(problem.code).toBe("CARRIER_REFUSED_BIND");
      expect(problem.detail).toContain("the carrier refuses TLS with us: ");
    },
  );

  test("an address elsewhere is not dialled with a generated registry", async () => {
    const problem = await trouble("good", { tls: TRUSTING, host: "192.0.2.1" });
    expect(problem.code).toBe("GENERATED_REGISTRY");
  });
});

test("a key that is another certificate's is named with its place", () => {
  const folder = mkdtempSync(join(tmpdir(), "seinpost-tls-"));
  const keyFile = join(folder, "key.pem");
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
  writeFileSync(keyFile, privateKey.export({ type: "pkcs8", format: "pem" }));
  const certificateFile = fileURLToPath(new URL("client.pem", FOLDER));
  const carrier = { name: "a", host: "h", port: 1, systemId: "s", password: "p", sender: "B" };
  const read = (key: string) =>
    readCarriers(JSON.stringify({ carriers: [{ ...carrier, tls: { certificateFile, keyFile: key } }] }), {});
  expect(read(keyFile)).toMatchObject({ ok: false, problem: { field: "/carriers/0/tls/keyFile" } });
  expect(read(fileURLToPath(new URL("key.pem", FOLDER))).ok).toBe(true);
  rmSync(folder, { recursive: true });
});
