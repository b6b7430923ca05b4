/** Events on the wire: what a server gets, which addresses are never connected to, and what no answer can do. */
import { execFileSync } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { type AddressInfo, createServer as createSocketServer } from "node:net";
import fc from "fast-check";
import { Webhook } from "standardwebhooks";
import { expect, onTestFinished, test } from "vitest";
import { HttpPoster } from "../../../gateway/webhooks/poster.js";
import { Networks } from "../../../gateway/webhooks/public-address.js";
import { codeOf, given } from "../../engine/registry/samples.js";
import { type Got, listening } from "../../listening.js";

const SECRETS = [1, 2].map((fill) => `whsec_${Buffer.alloc(32, fill).toString("base64")}`);
const EVENT = {
  type: "action.sent",
  timestamp: "2026-05-01T12:00:00.000Z",
  data: { id: "0190a0a0-0000-7000-8000-000000000001", kind: "missing Noël – 🚨" },
};

const listen = async (...options: Parameters<typeof listening>): Promise<number> => (await listening(...options)).port;

function poster(trusted: string, servers?: readonly string[]): HttpPoster {
  const made = new HttpPoster(given(Networks.read(trusted)), servers);
  onTestFinished(() => made.close());
  return made;
}

const post = (by: HttpPoster, url: string) =>
  by.post({ url, id: "msg_1", event: EVENT, secrets: SECRETS }, new AbortController().signal);

test("an event is signed with each secret, as the library of Standard Webhooks and openssl both find", async () => {
  const got: Got[] = [];
  const port = await listen((one, response) => {
    got.push(one);
    response.writeHead(204).end();
  });
  expect(given(await post(poster("127.0.0.0/8"), `http://127.0.0.1:${port}/in?a=1`))).toMatchObject({ status: 204 });
  const [{ request, body }] = got as [Got];
  expect([request.method, request.url, request.headers["content-type"]]).toEqual([
    "POST",
    "/in?a=1",
    "application/json",
  ]);
  expect(JSON.parse(body)).toEqual(EVENT);
  const headers = request.headers as Record<string, string>;
  for (const secret of SECRETS) expect(new Webhook(secret).verify(body, headers)).toEqual(EVENT);
  const wrong = new Webhook(`whsec_${Buffer.alloc(32, 3).toString("base64")}`);
  expect(() => wrong.verify(body, headers)).toThrow();
  const signed = `${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${body}`;
  const key = Buffer.alloc(32, 1).toString("hex");
  const digest = execFileSync("openssl", ["dgst", "-sha256", "-mac", "HMAC", "-macopt", `hexkey:${key}`, "-binary"], {
    input: signed,
  });
  expect(headers["webhook-signature"]!.split(" ")[0]).toBe(`v1,${digest.toString("base64")}`);
});

test.each([
  "127.0.0.1",
  "0.0.0.0",
  "10.1.2.3",
  "100.64.0.1",
  "169.254.169.254",
  "172.16.0.1",
  "192.168.1.1",
  "192.0.0.8",
  "198.18.0.1",
  "203.0.113.9",
  "224.0.0.1",
  "255.255.255.255",
  "::1",
  "::",
  "::ffff:127.0.0.1",
  "::ffff:10.0.0.1",
  "64:ff9b::7f00:1",
  "2002:7f00:1::",
  "2001:db8::1",
  "fc00::1",
  "fe80::1",
  "ff02::1",
])("%s is not of the internet", (address) => {
  const networks = given(Networks.read(""));
  expect([true, false].map((isPlain) => networks.mayGoTo(address, isPlain))).toEqual([false, false]);
});

test("addresses of the internet are, over https alone; a trusted network is, over http too, and no other is with it", () => {
  const networks = given(Networks.read(" 10.2.0.0/16, fd00:1::/32,192.168.7.9"));
  for (const address of ["145.53.6.1", "8.8.8.8", "2a02:a450::1", "::ffff:145.53.6.1"]) {
    expect([address, networks.mayGoTo(address, false), networks.mayGoTo(address, true)]).toEqual([
      address,
      true,
      false,
    ]);
  }
  const octet = fc.integer({ min: 0, max: 255 });
  fc.assert(
    fc.property(octet, octet, octet, (second, third, fourth) => {
      const isTheirs = second === 2;
      expect(networks.mayGoTo(`10.${second}.${third}.${fourth}`, true)).toBe(isTheirs);
      expect(networks.mayGoTo(`::ffff:10.${second}.${third}.${fourth}`, true)).toBe(isTheirs);
    }),
  );
  expect(["192.168.7.9", "192.168.7.8", "fd00:1::5", "fd00:2::5"].map((one) => networks.mayGoTo(one, true))).toEqual([
    ...[true, false, true, false],
  ]);
  expect(["10.2.0.0/33", "example.org", "10.2"].map((text) => codeOf(Networks.read(text)))).toEqual(
    Array(3).fill("CONFIGURATION_INVALID"),
  );
});

test("an address that is written as a number in another way is the same address", async () => {
  let asked = 0;
  const port = await listen((_, response) => {
    asked++;
    response.end();
  });
  for (const host of ["127.0.0.1", "2130706433", "0x7f.1", "0177.0.0.1", "[::ffff:7f00:1]", "localhost"]) {
    expect([host, codeOf(await post(poster(""), `http://${host}:${port}/`))]).toEqual([
      host,
      "WEBHOOK_ADDRESS_REFUSED",
    ]);
  }
  expect(asked).toBe(0);
});

/** A server of names that says of every one what the test wants it to (RFC 1035). */
async function names(addressOf: () => string): Promise<string> {
  const socket = createSocket("udp4");
  socket.on("message", (query, { port, address }) => {
    const end = query.indexOf(0, 12) + 5;
    const isV4 = query.readUInt16BE(end - 4) === 1;
    const head = Buffer.from(query.subarray(0, end));
    head.writeUInt16BE(0x8180, 2);
    head.writeUInt16BE(isV4 ? 1 : 0, 6);
    head.writeUInt32BE(0, 8);
    const answer = Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4, ...addressOf().split(".").map(Number)]);
    socket.send(isV4 ? Buffer.concat([head, answer]) : head, port, address);
  });
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  onTestFinished(() => void socket.close());
  return `127.0.0.1:${socket.address().port}`;
}

test("a name is judged by where it leads at that moment, and connected to by nothing else", async () => {
  const asked: string[] = [];
  const port = await listen(({ request }, response) => {
    asked.push(`${request.socket.localAddress} ${request.headers.host}`);
    // A kept connection would be to an address that was judged; here each is to be judged anew.
    response.writeHead(204, { connection: "close" }).end();
  }, "0.0.0.0");
  let leadsTo = "127.0.0.1";
  const by = poster("127.0.0.2/32", [await names(() => leadsTo)]);
  const url = `http://hooks.example:${port}/`;
  expect(codeOf(await post(by, url))).toBe("WEBHOOK_ADDRESS_REFUSED");
  leadsTo = "127.0.0.2";
  expect(given(await post(by, url)).status).toBe(204);
  leadsTo = "127.0.0.3";
  expect(codeOf(await post(by, url))).toBe("WEBHOOK_ADDRESS_REFUSED");
  expect(asked).toEqual([`127.0.0.2 hooks.example:${port}`]);
});

test("a redirect is followed nowhere, and Retry-After is read as seconds and as a date", async () => {
  let inside = 0;
  const house = await listen((_, response) => {
    inside++;
    response.end();
  });
  const port = await listen(({ request }, response) => {
    if (request.url === "/moved") response.writeHead(307, { location: `http://127.0.0.1:${house}/` }).end();
    else response.writeHead(503, { "retry-after": decodeURIComponent(request.url!.slice(1)) }).end();
  });
  const by = poster("127.0.0.1");
  expect(given(await post(by, `http://127.0.0.1:${port}/moved`))).toEqual({ status: 307, retryAfterMs: undefined });
  expect(inside).toBe(0);
  const asked = async (text: string) => given(await post(by, `http://127.0.0.1:${port}/${encodeURIComponent(text)}`));
  expect((await asked("120")).retryAfterMs).toBe(120_000);
  expect((await asked("Fri, 01 May 2015 12:00:00 GMT")).retryAfterMs).toBe(0);
  expect((await asked("soon")).retryAfterMs).toBeUndefined();
});

test("who closes, says no HTTP, or answers without end is no more than a failed attempt", async () => {
  const by = poster("127.0.0.1");
  const server = createSocketServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", (bytes) => {
      if (bytes.includes("/closes")) socket.destroy();
      else if (bytes.includes("/garbage")) socket.end("SSH-2.0-OpenSSH_9.2\r\n");
      else {
        socket.write("HTTP/1.1 200 OK\r\n\r\n");
        const more = setInterval(() => socket.write("x".repeat(65_536)), 1);
        socket.on("close", () => clearInterval(more));
      }
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const codes = ["closes", "garbage"].map(async (path) => codeOf(await post(by, `http://127.0.0.1:${port}/${path}`)));
  expect(await Promise.all(codes)).toEqual(Array(2).fill("WEBHOOK_UNREACHABLE"));
  // What it answered is known by then; the rest of it is nobody's.
  expect(given(await post(by, `http://127.0.0.1:${port}/endless`)).status).toBe(200);
});
