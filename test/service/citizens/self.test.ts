/**
 * Self-service through the whole: the service on a real store, its HTTP server, a carrier that gets codes by SMPP and a mail
 * server that gets them by SMTP. Codes are read where a citizen would read them. What the service says of itself is kept, and
 * nothing of a person is in it.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { SMTPServer } from "smtp-server";
import { expect, onTestFinished, test } from "vitest";
import type { SimulatorProcess } from "../../../loadtest/carrier/process.js";
import type { OwnAsked } from "../../../schemas/api/asking/own-asked.js";
import type { CodeSent, ContactOutcome, OwnProposal, SelfExport, SelfSession } from "../../../schemas/api/self.js";
import { filesOf, InProcess, textsTo } from "../in-process.js";
import { Whole } from "../whole.js";

const DIGITS = 31_612_345_678;
const NUMBER = `+${DIGITS}`;
const MAIL = "nelleke.de.vries@example.org";
/** In a field near Woerden. */
const HOME: [number, number] = [4.90123, 52.08765];

const alone = (digits: string): RegExp => new RegExp(`(?<!\\d)${digits}(?!\\d)`);

interface Mail {
  readonly to: string;
  readonly code: string;
}

/** A mail server that keeps the codes it takes; gives its port. */
async function startMail(mails: Mail[]): Promise<number> {
  const server = new SMTPServer({
    disabledCommands: ["AUTH", "STARTTLS"],
    onData: (stream, session, done) => {
      let source = "";
      stream.on("data", (chunk: Buffer) => {
        source += chunk.toString();
      });
      stream.on("end", () => {
        const to = session.envelope.rcptTo[0]?.address ?? "";
        mails.push({ to, code: /(\d{6})\s*$/.exec(source)?.[1] ?? "" });
        done();
      });
    },
  });
  server.on("error", () => {});
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())));
  const address = server.server.address();
  if (address === null || typeof address === "string") throw new Error("a TCP server has a port");
  return address.port;
}

/** What the carrier took for the number, the last one last: the code in each text, and nothing for a text without. */
async function codesSent(simulator: SimulatorProcess, atLeast = 0): Promise<string[]> {
  return (await textsTo(simulator, DIGITS, atLeast)).map((text) => /\d{6}$/.exec(text)?.[0] ?? "");
}

async function nextCode(simulator: SimulatorProcess, known: number): Promise<string> {
  return (await codesSent(simulator, known + 1)).at(-1)!;
}

/** A fresh code for what a session alone may not do, sent back; `known` codes were sent before. */
async function approve(whole: InProcess, me: SelfSession, act: string, known: number): Promise<void> {
  const { challenge } = (await whole.ask<CodeSent>(me, "POST", "/v1/self/approvals", { act })).json;
  const answer = { challenge, code: await nextCode(whole.simulator, known) };
  expect((await whole.ask(me, "PUT", "/v1/self/approvals", answer)).status).toBe(200);
}

test("somebody joins by SMS, adds mail, moves, is asked, looks, leaves; and is nowhere then", async () => {
  const mails: Mail[] = [];
  const mailPort = await startMail(mails);
  const whole = await InProcess.start({ url: `smtp://127.0.0.1:${mailPort}`, from: "burgernet@example.nl" });
  expect(await whole.reached(HOME, 20)).toBe(0);
  const joining = { number: "06 12345678", position: HOME };
  expect((await whole.ask("anybody", "POST", "/v1/self/join", { number: NUMBER, postcode: "3441AB" })).status).toBe(
    503,
  );
  const opened = await whole.ask<CodeSent>("anybody", "POST", "/v1/self/join", joining);
  expect(opened.status).toBe(202);
  const { challenge } = opened.json;
  const first = await nextCode(whole.simulator, 0);
  expect(await whole.reached(HOME, 20)).toBe(0);
  const wrong = { challenge, code: first === "000000" ? "000001" : "000000" };
  expect((await whole.ask("anybody", "POST", "/v1/self/sessions", wrong)).status).toBe(401);
  const entered = await whole.ask<SelfSession>("anybody", "POST", "/v1/self/sessions", { challenge, code: first });
  expect(entered.status).toBe(201);
  const me = entered.json;
  expect(me.participant).toMatchObject({ number: NUMBER, status: "active" });
  expect((await whole.ask("anybody", "POST", "/v1/self/sessions", { challenge, code: first })).status).toBe(401);
  expect(await whole.reached(HOME, 20)).toBe(1);

  const added = await whole.ask<CodeSent>(me, "POST", "/v1/self/contacts", { mail: MAIL.toUpperCase() });
  while (mails.length === 0) await sleep(10);
  const { to, code } = mails[0]!;
  expect(to).toBe(MAIL);
  await approve(whole, me, "contact", 1);
  const confirmed = await whole.ask<ContactOutcome>(me, "PUT", "/v1/self/contacts", {
    challenge: added.json.challenge,
    code,
  });
  expect(confirmed).toMatchObject({
    ...{ status: 200, json: { waiting: null, participant: { mail: MAIL, number: NUMBER } } },
  });

  const phone = { channels: { sms: ["alarm"] } };
  expect((await whole.ask(me, "PUT", "/v1/self/position", { position: HOME })).status).toBe(409);
  expect((await whole.ask(me, "PATCH", "/v1/self", { phone, locations: [] })).status).toBe(200);
  expect(await whole.reached(HOME, 20)).toBe(0);
  const would = async () => {
    const { kinds } = (await whole.ask<OwnAsked>(me, "GET", "/v1/self/asked")).json;
    const alarm = kinds.find(({ domain }) => domain === "alarm")!;
    return alarm.places.map(({ location, channels }) => [location, channels.sms, channels.push]);
  };
  expect(await would()).toEqual([[null, "noPosition", "noPosition"]]);
  expect((await whole.ask(me, "PUT", "/v1/self/position", { position: HOME })).status).toBe(204);
  expect(await whole.reached(HOME, 20)).toBe(1);
  expect(await would()).toEqual([[null, "asked", "noService"]]);
  expect((await whole.ask(me, "PATCH", "/v1/self", { paused: true })).status).toBe(200);
  expect(await would()).toEqual([[null, "paused", "noService"]]);
  expect(await whole.reached(HOME, 20)).toBe(0);
  expect((await whole.ask(me, "PATCH", "/v1/self", { paused: false })).status).toBe(200);
  const taken = await whole.ask<SelfExport>(me, "GET", "/v1/self/export");
  expect(taken.json.participant).toMatchObject({ number: NUMBER, mail: MAIL, phone: { position: HOME } });

  expect((await whole.ask(me, "DELETE", "/v1/self")).status).toBe(403);
  await approve(whole, me, "erase", 2);
  expect((await whole.ask(me, "DELETE", "/v1/self")).status).toBe(204);
  expect(await whole.reached(HOME, 20)).toBe(0);
  expect((await whole.ask(me, "GET", "/v1/self")).status).toBe(401);
  const again = await whole.ask("anybody", "POST", "/v1/self/codes", { number: NUMBER });
  expect(again.status).toBe(202);

  const metrics = await whole.ask("operator", "GET", "/metrics");
  const outputs = [metrics.text, ...whole.said].join("\n");
  const personal = [String(DIGITS), "612345678", MAIL, MAIL.split("@")[0]!, "4.90123", "52.08765", me.token];
  // As numbers of their own: any six digits stand somewhere in a moment in time.
  const secrets = [...personal.map((text) => new RegExp(text.replaceAll(".", "\\."))), alone(first), alone(code)];
  for (const secret of secrets) expect(outputs).not.toMatch(secret);
  await whole.service.close();
  const disk = filesOf(whole.folder).toString("latin1");
  for (const secret of secrets) expect(disk).not.toMatch(secret);
  for (const value of [DIGITS, ...HOME]) {
    expect(disk).not.toContain(Buffer.from(Float64Array.of(value).buffer).toString("latin1"));
  }
  // No farewell, and no code for who is not there any more.
  expect(await codesSent(whole.simulator)).toHaveLength(3);
  expect(mails).toHaveLength(1);
});

test("who said STOP still gets a code, and may take it back; two who claim a number enter as one", async () => {
  const whole = await InProcess.start();
  const join = () => whole.ask<CodeSent>("anybody", "POST", "/v1/self/join", { number: NUMBER, position: HOME });
  const [one, other] = await Promise.all([join(), join()]);
  const codes = await codesSent(whole.simulator, 2);
  const tries = await Promise.all(
    [one, other].flatMap(({ json: { challenge } }) =>
      codes.map((code) => whole.ask<SelfSession>("anybody", "POST", "/v1/self/sessions", { challenge, code })),
    ),
  );
  const sessions = tries.filter(({ status }) => status === 201).map(({ json }) => json);
  expect(sessions).toHaveLength(2);
  expect(sessions[0]!.participant.participant).toBe(sessions[1]!.participant.participant);
  expect(await whole.reached(HOME, 20)).toBe(1);

  await whole.simulator.deliver({ from: String(DIGITS), text: "STOP" });
  while ((await whole.reached(HOME, 20)) !== 0) await sleep(20);
  const before = (await codesSent(whole.simulator)).length;
  const { challenge } = (await whole.ask<CodeSent>("anybody", "POST", "/v1/self/codes", { number: NUMBER })).json;
  let code = "";
  // The confirmation of STOP goes to the same number, and has no code in it.
  while (code === "") code = (await codesSent(whole.simulator)).slice(before).find((each) => each !== "") ?? "";
  const entered = await whole.ask<SelfSession>("anybody", "POST", "/v1/self/sessions", { challenge, code });
  expect(entered.json.participant.switchedOff).toEqual(["sms"]);
  expect((await whole.ask(entered.json, "PATCH", "/v1/self", { switchedOff: [] })).status).toBe(200);
  expect(await whole.reached(HOME, 20)).toBe(1);
});

test("a code means nothing after a kill, is not sent by the next start, and who had joined is there", async () => {
  const whole = await Whole.start(300, [{ name: "north", simulator: { texts: 100 } }]);
  const { simulator } = whole.carriers[0]!;
  const send = async <T>(path: string, body: object): Promise<{ status: number; body: T }> => {
    const response = await fetch(`http://127.0.0.1:${whole.engine.port}${path}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    return { status: response.status, body: (await response.json()) as T };
  };
  const joined = await send<CodeSent>("/v1/self/join", { number: NUMBER, position: HOME });
  const code = await nextCode(simulator, 0);
  const { challenge } = joined.body;
  const { body } = await send<SelfSession>("/v1/self/sessions", { challenge, code });
  const late = await send<CodeSent>("/v1/self/codes", { number: NUMBER });
  const lateCode = await nextCode(simulator, 1);
  await whole.restart();
  await whole.engine.untilBound();
  const wrong = await send<{ code: string }>("/v1/self/sessions", { challenge: late.body.challenge, code: lateCode });
  expect([wrong.status, wrong.body.code]).toEqual([401, "CODE_WRONG"]);
  const anew = await send<CodeSent>("/v1/self/codes", { number: NUMBER });
  const entered = await send<SelfSession>("/v1/self/sessions", {
    challenge: anew.body.challenge,
    code: await nextCode(simulator, 2),
  });
  expect(entered.body.participant).toEqual(body.participant);
  expect(await textsTo(simulator, DIGITS)).toHaveLength(3);
});

test("a contact that waits does so through a kill, whoever has the old one is told again, and it can be declined", async () => {
  const whole = await Whole.start(300, [{ name: "north", simulator: { texts: 100 } }]);
  const { simulator } = whole.carriers[0]!;
  const ask = async <T>(method: string, path: string, body: object | undefined, token = ""): Promise<T> => {
    const response = await fetch(`http://127.0.0.1:${whole.engine.port}${path}`, {
      method,
      headers: { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }) },
      ...(body && { body: JSON.stringify(body) }),
    });
    return (response.status === 204 ? undefined : await response.json()) as T;
  };
  const enter = async (path: string, body: object, known: number): Promise<string> => {
    const { challenge } = await ask<CodeSent>("POST", path, body);
    const code = await nextCode(simulator, known);
    return (await ask<SelfSession>("POST", "/v1/self/sessions", { challenge, code })).token;
  };
  const OTHER = 31_687_654_321;
  const token = await enter("/v1/self/join", { number: NUMBER, position: HOME }, 0);
  const { challenge } = await ask<CodeSent>("POST", "/v1/self/contacts", { number: `+${OTHER}` }, token);
  const [text] = await textsTo(simulator, OTHER, 1);
  const answer = { challenge, code: /\d{6}$/.exec(text!)![0] };
  const { waiting } = await ask<ContactOutcome>("PUT", "/v1/self/contacts", answer, token);
  expect(waiting).toMatchObject({ state: "waiting", value: `+${OTHER}` });
  const notices = async (atLeast: number) => {
    const texts = await textsTo(simulator, DIGITS, atLeast);
    return texts.filter((each) => each.includes("binnen 3 dagen vervangen"));
  };
  expect(await notices(2)).toHaveLength(1);
  await whole.restart();
  await whole.engine.untilBound();
  expect(await notices(3)).toHaveLength(2);
  const again = await enter("/v1/self/codes", { number: NUMBER }, 3);
  const shown = async () =>
    (await ask<{ proposals: OwnProposal[] }>("GET", "/v1/self/proposals", undefined, again)).proposals;
  expect(await shown()).toEqual([waiting]);
  await ask("DELETE", `/v1/self/proposals/${waiting!.proposal}`, undefined, again);
  expect(await shown()).toEqual([]);
  await whole.restart();
  expect(filesOf(whole.folder).toString("latin1")).not.toContain(String(OTHER));
});
