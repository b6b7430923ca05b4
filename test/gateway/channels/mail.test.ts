/** Mail to a real SMTP server on loopback. */
import { once } from "node:events";
import { createServer } from "node:net";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";
import { describe, expect, it, onTestFinished } from "vitest";
import { MailChannel } from "../../../gateway/channels/mail.js";
import { MailCodes } from "../../../gateway/channels/mail-codes.js";
import { readConfiguration } from "../../../gateway/service/configuration.js";
import type { Problem } from "../../../schemas/errors.js";
import { SELF } from "../../../schemas/limits.js";
import { until } from "../../engine/dispatch/fixtures.js";
import { given } from "../../engine/registry/samples.js";

const TO = "nelleke@example.org";
const MAIL = {
  to: TO,
  subject: "Ваш код для Burgernet",
  text: "Burgernet: не кажіть нікому. Код: 271828",
  expiresAtMs: 4e12,
};

interface Got {
  readonly from: string;
  readonly to: string[];
  readonly source: string;
}

interface MailServer {
  readonly port: number;
  readonly got: Got[];
  /** Lets mails that it was told to hold go. */
  release(): void;
}

async function startServer(options: SMTPServerOptions = {}, holds = false): Promise<MailServer> {
  const got: Got[] = [];
  let release = (): void => {};
  const gate = holds ? new Promise<void>((resolve) => (release = resolve)) : Promise.resolve();
  const server = new SMTPServer({
    disabledCommands: ["AUTH", "STARTTLS"],
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", async () => {
        await gate;
        const { mailFrom, rcptTo } = session.envelope;
        const from = mailFrom === false ? "" : mailFrom.address;
        got.push({ from, to: rcptTo.map(({ address }) => address), source: Buffer.concat(chunks).toString() });
        done();
      });
    },
    ...options,
  });
  // A client that gives up is nothing to fail over.
  server.on("error", () => {});
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(async () => {
    release();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  });
  const address = server.server.address();
  if (address === null || typeof address === "string") throw new Error("a TCP server has a port");
  return { port: address.port, got, release };
}

async function open(url: string): Promise<{ mail: MailChannel; problems: Problem[] }> {
  const problems: Problem[] = [];
  const from = "Burgernet <burgernet@example.nl>";
  const mail = given(await MailChannel.open({ url, from }, (problem) => void problems.push(problem)));
  onTestFinished(() => mail.close());
  return { mail, problems };
}

describe("a mail", () => {
  it("arrives at its address and no other, as it was written", async () => {
    const server = await startServer();
    const { mail, problems } = await open(`smtp://127.0.0.1:${server.port}`);
    mail.send(MAIL);
    await until(() => server.got.length > 0);
    const [{ from, to, source }] = server.got as [Got];
    expect([from, to]).toEqual(["burgernet@example.nl", [TO]]);
    expect(source).toMatch(/^From: Burgernet <burgernet@example\.nl>\r$/m);
    expect(source).toMatch(/^Auto-Submitted: auto-generated\r$/m);
    const body = source.slice(source.indexOf("\r\n\r\n") + 4);
    const coding = /^Content-Transfer-Encoding: (.*)\r$/m.exec(source)?.[1];
    expect(coding).toBe("base64");
    expect(Buffer.from(body, "base64").toString().trim()).toBe(MAIL.text);
    expect(problems).toEqual([]);
  });

  it("goes to an address that has a comma or brackets as one address, or not at all", async () => {
    const server = await startServer();
    const { mail } = await open(`smtp://127.0.0.1:${server.port}`);
    mail.send({ ...MAIL, to: "a@example.org, b@example.org" });
    mail.send({ ...MAIL, to: "<c@example.org> d@example.org" });
    mail.send(MAIL);
    await mail.close();
    const reached = server.got.flatMap(({ to }) => to);
    expect(reached).toContain(TO);
    for (const other of ["a", "b", "c", "d"]) expect(reached).not.toContain(`${other}@example.org`);
  });

  it("is sent with the user and password of the URL", async () => {
    const seen: unknown[] = [];
    const server = await startServer({
      disabledCommands: ["STARTTLS"],
      onAuth({ username, password }, _, done) {
        seen.push([username, password]);
        done(null, { user: username });
      },
    });
    const { mail } = await open(`smtp://mail%40user:p%3Ass@127.0.0.1:${server.port}`);
    mail.send(MAIL);
    await until(() => server.got.length > 0);
    expect(seen).toEqual([["mail@user", "p:ss"]]);
  });

  it("that is refused is told without the address, whatever the server says", async () => {
    const server = await startServer({
      onRcptTo({ address }, _, done) {
        done(Object.assign(new Error(`no such user ${address} here`), { responseCode: 550 }));
      },
    });
    const { mail, problems } = await open(`smtp://127.0.0.1:${server.port}`);
    mail.send(MAIL);
    await until(() => problems.length > 0);
    expect(problems).toEqual([{ code: "CODE_NOT_SENT", detail: "mail was not sent: EENVELOPE, answered 550" }]);
    expect(mail.takes).toBe(true);
  });

  it("to a server that is not there is told, and the next one is tried anew", async () => {
    const probe = createServer();
    probe.listen(0, "127.0.0.1");
    await once(probe, "listening");
    const address = probe.address();
    probe.close();
    await once(probe, "close");
    if (address === null || typeof address === "string") throw new Error("a TCP server has a port");
    const { mail, problems } = await open(`smtp://127.0.0.1:${address.port}`);
    mail.send(MAIL);
    await until(() => problems.length === 1);
    mail.send(MAIL);
    await until(() => problems.length === 2);
    for (const { detail } of problems) expect(detail).toBe("mail was not sent: ESOCKET");
  });

  it("that is of no use any more is given up, and makes room", async () => {
    const server = await startServer({}, true);
    const { mail, problems } = await open(`smtp://127.0.0.1:${server.port}`);
    mail.send({ ...MAIL, expiresAtMs: Date.now() + 50 });
    await until(() => problems.length > 0);
    expect(problems[0]!.code).toBe("CODE_NOT_SENT");
    mail.send({ ...MAIL, expiresAtMs: Date.now() - 1 });
    await until(() => problems.length > 1);
    await mail.close();
    expect(server.got).toEqual([]);
  });

  it("never goes in the clear to another machine", async () => {
    const server = await startServer();
    // By this address it is reached on loopback all the same.
    const { mail, problems } = await open(`smtp://0.0.0.0:${server.port}`);
    mail.send(MAIL);
    await until(() => problems.length > 0);
    expect(server.got).toEqual([]);
    expect(problems[0]!.detail).toContain("ETLS");
  });
});

describe("the channel", () => {
  it("takes so many, and again when they are gone", async () => {
    const server = await startServer({}, true);
    const { mail, problems } = await open(`smtp://127.0.0.1:${server.port}`);
    for (let at = 0; at < SELF.waitingMails; at++) {
      expect(mail.takes).toBe(true);
      mail.send({ ...MAIL, to: `person${at}@example.org` });
    }
    expect(mail.takes).toBe(false);
    mail.send(MAIL);
    expect(problems).toEqual([{ code: "CODE_NOT_SENT", detail: "too many mails are waiting" }]);
    server.release();
    await until(() => server.got.length === SELF.waitingMails);
    await until(() => mail.takes);
    expect(new Set(server.got.flatMap(({ to }) => to)).size).toBe(SELF.waitingMails);
  });

  it("has as much room for pretences, and sends them to nobody", async () => {
    const server = await startServer();
    const { mail, problems } = await open(`smtp://127.0.0.1:${server.port}`);
    const codes = new MailCodes(mail);
    const contact = { kind: "mail", mail: "nobody@example.org" } as const;
    for (let at = 0; at < SELF.waitingMails; at++) {
      expect(codes.takes).toBe(true);
      codes.send({ ...MAIL, contact }, true);
    }
    expect(codes.takes).toBe(false);
    await until(() => codes.takes);
    codes.send({ ...MAIL, contact: { kind: "mail", mail: TO } }, false);
    await mail.close();
    expect(server.got.map(({ to }) => to)).toEqual([[TO]]);
    expect(problems).toEqual([]);
  });

  it("composes a pretence: what no mail can be made of is told of both", async () => {
    const server = await startServer();
    const { mail, problems } = await open(`smtp://127.0.0.1:${server.port}`);
    // Not what the types allow: a text to be read from a file, which is found out where the mail is composed.
    const unmade = { ...MAIL, text: { path: "/dev/null" } as unknown as string };
    mail.pretend(unmade);
    await until(() => problems.length === 1);
    mail.send(unmade);
    await until(() => problems.length === 2);
    expect(problems.map(({ code }) => code)).toEqual(["CODE_NOT_SENT", "CODE_NOT_SENT"]);
    expect(server.got).toEqual([]);
  });

  it("keeps the place of a pretence for as long as the last mail kept its own", async () => {
    const server = await startServer({}, true);
    const { mail } = await open(`smtp://127.0.0.1:${server.port}`);
    const order: string[] = [];
    // Given up when its time is over: that is how long it took.
    mail.send({ ...MAIL, expiresAtMs: Date.now() + 100 });
    await mail.close();
    for (let at = 0; at < SELF.waitingMails; at++) mail.pretend(MAIL);
    setTimeout(() => order.push("meanwhile"), 50);
    await until(() => mail.takes);
    order.push("room");
    expect(order).toEqual(["meanwhile", "room"]);
  });

  it("sends what it has before it closes", async () => {
    const server = await startServer();
    const { mail, problems } = await open(`smtp://127.0.0.1:${server.port}`);
    for (let at = 0; at < 20; at++) mail.send(MAIL);
    await mail.close();
    expect(server.got).toHaveLength(20);
    expect(problems).toEqual([]);
  });

  it("takes no code where no mail server is configured", () => {
    expect(new MailCodes(undefined).takes).toBe(false);
  });

  it.each(["mail.example.org", "http://mail.example.org", "smtp://", "smtp:mail"])(
    "has no server at %s",
    async (url) => {
      const opened = await MailChannel.open({ url, from: "a@example.org" }, () => {});
      expect(opened).toMatchObject({
        ok: false,
        problem: { code: "CONFIGURATION_INVALID", field: "SEINPOST_SMTP_URL" },
      });
    },
  );

  it("is configured by a server and a sender together", () => {
    const url = "smtp://127.0.0.1:25";
    const from = "burgernet@example.nl";
    expect(given(readConfiguration({ SEINPOST_SMTP_URL: url, SEINPOST_MAIL_FROM: from })).mail).toEqual({ url, from });
    expect(given(readConfiguration({})).mail).toBeUndefined();
    expect(readConfiguration({ SEINPOST_SMTP_URL: url })).toMatchObject({ problem: { field: "SEINPOST_MAIL_FROM" } });
    expect(readConfiguration({ SEINPOST_MAIL_FROM: from })).toMatchObject({ problem: { field: "SEINPOST_SMTP_URL" } });
  });
});
