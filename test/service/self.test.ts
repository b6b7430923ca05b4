/**
 * Self-service through the whole: the service on a real store, its HTTP server, a carrier that gets codes by SMPP and a mail
 * server that gets them by SMTP. Codes are read where a citizen would read them. What the service says of itself is kept, and
 * nothing of a person is in it.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pino from "pino";
import { SMTPServer } from "smtp-server";
import { request } from "undici";
import { expect, onTestFinished, test } from "vitest";
import { startSimulatedCarrier } from "../../gateway/demo.js";
import { createKey } from "../../gateway/http/keys.js";
import { type Service, startService } from "../../gateway/service.js";
import { readCarriers } from "../../gateway/smpp/configuration.js";
import { generate } from "../../loadtest/registry/generate.js";
import type { SimulatorProcess } from "../../loadtest/simulator-process.js";
import type { Preview } from "../../schemas/api.js";
import type { ParticipantView } from "../../schemas/participant.js";
import type { CodeSent, SelfExport, SelfSession } from "../../schemas/self.js";
import { given } from "../engine/registry/samples.js";
import { temporaryFolder } from "../temp-folder.js";
import { Whole } from "./whole.js";

const NUMBER = "+31612345678";
const MAIL = "nelleke.de.vries@example.org";
/** In a field near Woerden. */
const HOME: [number, number] = [4.90123, 52.08765];
const AROUND = { type: "Circle", center: HOME, radiusMeters: 20 };

const alone = (digits: string): RegExp => new RegExp(`(?<!\\d)${digits}(?!\\d)`);

interface Answer<T> {
  readonly status: number;
  readonly body: T;
}

interface Mail {
  readonly to: string;
  readonly code: string;
}

class SelfServiceOfTest {
  readonly logged: string[] = [];
  readonly mails: Mail[] = [];
  readonly said: string[] = [];
  service!: Service;

  private constructor(
    readonly folder: string,
    readonly simulator: SimulatorProcess,
    readonly key: string,
  ) {}

  static async start(): Promise<SelfServiceOfTest> {
    const folder = join(temporaryFolder(), "data");
    given(await generate(folder, { participants: 300 }));
    const { entry, simulator } = await startSimulatedCarrier({ name: "north", texts: 100 });
    onTestFinished(() => simulator.stop());
    const whole = new SelfServiceOfTest(folder, simulator, createKey());
    const port = await whole.#startMail();
    const log = pino({ level: "trace" }, { write: (line: string) => void whole.logged.push(line) });
    whole.service = given(
      await startService({
        dataFolder: folder,
        kekFile: undefined,
        host: "127.0.0.1",
        port: 0,
        carriers: given(readCarriers(JSON.stringify({ carriers: [entry] }), {})),
        apiKey: whole.key,
        mail: { url: `smtp://127.0.0.1:${port}`, from: "burgernet@example.nl" },
        log,
        onFatal: (problem) => void whole.logged.push(`fatal: ${problem.detail}`),
      }),
    );
    onTestFinished(() => whole.service.close());
    return whole;
  }

  async #startMail(): Promise<number> {
    const server = new SMTPServer({
      disabledCommands: ["AUTH", "STARTTLS"],
      onData: (stream, session, done) => {
        let source = "";
        stream.on("data", (chunk: Buffer) => {
          source += chunk.toString();
        });
        stream.on("end", () => {
          const to = session.envelope.rcptTo[0]?.address ?? "";
          this.mails.push({ to, code: /(\d{6})\s*$/.exec(source)?.[1] ?? "" });
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

  async send<T>(method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE", path: string, body?: object, token?: string) {
    const response = await request(`http://127.0.0.1:${this.service.port}${path}`, {
      method,
      headers: {
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(body && { "content-type": "application/json" }),
      },
      body: body ? JSON.stringify(body) : null,
    });
    const text = await response.body.text();
    if (response.statusCode >= 400) this.said.push(text);
    return { status: response.statusCode, body: (text === "" ? undefined : JSON.parse(text)) as T } satisfies Answer<T>;
  }

  /** How many would be asked around home. */
  async reached(): Promise<number> {
    const preview = await this.send<Preview>("POST", "/v1/previews", { area: AROUND, domain: "alarm" }, this.key);
    return preview.body.recipients;
  }

  /** Codes that the carrier took for this number, the last one last. */
  async codesTo(number: string): Promise<string[]> {
    const texts = await this.simulator.texts();
    return texts
      .filter((sent) => sent.number === Number(number.slice(1)))
      .map(({ text }) => /\d{6}$/.exec(text)?.[0] ?? "");
  }

  async nextCodeTo(number: string, known: number): Promise<string> {
    for (;;) {
      const codes = await this.codesTo(number);
      if (codes.length > known) return codes.at(-1)!;
      await sleep(20);
    }
  }

  /** Everything in the data folder, and the key beside it not. */
  disk(): string {
    return readdirSync(this.folder)
      .map((name) => readFileSync(join(this.folder, name)).toString("latin1"))
      .join("");
  }
}

test("somebody joins by SMS, adds mail, moves, is asked, looks, leaves; and is nowhere then", async () => {
  const whole = await SelfServiceOfTest.start();
  expect(await whole.reached()).toBe(0);
  const joining = { number: "06 12345678", position: HOME };
  expect((await whole.send("POST", "/v1/self/join", { number: NUMBER, postcode: "3441AB" })).status).toBe(503);
  const opened = await whole.send<CodeSent>("POST", "/v1/self/join", joining);
  expect(opened.status).toBe(202);
  const { challenge } = opened.body;
  const first = await whole.nextCodeTo(NUMBER, 0);
  expect(await whole.reached()).toBe(0);
  const wrong = { challenge, code: first === "000000" ? "000001" : "000000" };
  expect((await whole.send("POST", "/v1/self/sessions", wrong)).status).toBe(401);
  const entered = await whole.send<SelfSession>("POST", "/v1/self/sessions", { challenge, code: first });
  expect(entered.status).toBe(201);
  const { token, participant } = entered.body;
  expect(participant).toMatchObject({ number: NUMBER, status: "active" });
  expect((await whole.send("POST", "/v1/self/sessions", { challenge, code: first })).status).toBe(401);
  expect(await whole.reached()).toBe(1);

  const added = await whole.send<CodeSent>("POST", "/v1/self/contacts", { mail: MAIL.toUpperCase() }, token);
  while (whole.mails.length === 0) await sleep(10);
  const { to, code } = whole.mails[0]!;
  expect(to).toBe(MAIL);
  const confirmed = await whole.send<ParticipantView>(
    "PUT",
    "/v1/self/contacts",
    { challenge: added.body.challenge, code },
    token,
  );
  expect(confirmed).toMatchObject({ status: 200, body: { mail: MAIL, number: NUMBER } });

  const phone = { channels: { sms: ["alarm"] } };
  expect((await whole.send("PUT", "/v1/self/position", { position: HOME }, token)).status).toBe(409);
  expect((await whole.send("PATCH", "/v1/self", { phone, locations: [] }, token)).status).toBe(200);
  expect(await whole.reached()).toBe(0);
  expect((await whole.send("PUT", "/v1/self/position", { position: HOME }, token)).status).toBe(204);
  expect(await whole.reached()).toBe(1);
  const taken = await whole.send<SelfExport>("GET", "/v1/self/export", undefined, token);
  expect(taken.body.participant).toMatchObject({ number: NUMBER, mail: MAIL, phone: { position: HOME } });

  expect((await whole.send("DELETE", "/v1/self", undefined, token)).status).toBe(204);
  expect(await whole.reached()).toBe(0);
  expect((await whole.send("GET", "/v1/self", undefined, token)).status).toBe(401);
  const again = await whole.send("POST", "/v1/self/codes", { number: NUMBER });
  expect(again.status).toBe(202);

  const metrics = await request(`http://127.0.0.1:${whole.service.port}/metrics`);
  const outputs = [await metrics.body.text(), ...whole.logged, ...whole.said].join("\n");
  const personal = [NUMBER.slice(1), "612345678", MAIL, MAIL.split("@")[0]!, "4.90123", "52.08765", token];
  // As numbers of their own: any six digits stand somewhere in a moment in time.
  const secrets = [...personal.map((text) => new RegExp(text.replaceAll(".", "\\."))), alone(first), alone(code)];
  for (const secret of secrets) expect(outputs).not.toMatch(secret);
  await whole.service.close();
  const disk = whole.disk();
  for (const secret of secrets) expect(disk).not.toMatch(secret);
  for (const value of [Number(NUMBER.slice(1)), ...HOME]) {
    expect(disk).not.toContain(Buffer.from(Float64Array.of(value).buffer).toString("latin1"));
  }
  // No farewell, and no code for who is not there any more.
  expect(await whole.codesTo(NUMBER)).toHaveLength(1);
  expect(whole.mails).toHaveLength(1);
});

test("who said STOP still gets a code, and may take it back; two who claim a number enter as one", async () => {
  const whole = await SelfServiceOfTest.start();
  const join = () => whole.send<CodeSent>("POST", "/v1/self/join", { number: NUMBER, position: HOME });
  const [one, other] = await Promise.all([join(), join()]);
  await whole.nextCodeTo(NUMBER, 1);
  const codes = await whole.codesTo(NUMBER);
  const tries = await Promise.all(
    [one, other].flatMap(({ body: { challenge } }) =>
      codes.map((code) => whole.send<SelfSession>("POST", "/v1/self/sessions", { challenge, code })),
    ),
  );
  const sessions = tries.filter(({ status }) => status === 201).map(({ body }) => body);
  expect(sessions).toHaveLength(2);
  expect(sessions[0]!.participant.participant).toBe(sessions[1]!.participant.participant);
  expect(await whole.reached()).toBe(1);

  await whole.simulator.deliver({ from: NUMBER.slice(1), text: "STOP" });
  while ((await whole.reached()) !== 0) await sleep(20);
  const before = (await whole.codesTo(NUMBER)).length;
  const { challenge } = (await whole.send<CodeSent>("POST", "/v1/self/codes", { number: NUMBER })).body;
  let code = "";
  // The confirmation of STOP goes to the same number, and has no code in it.
  while (code === "") code = (await whole.codesTo(NUMBER)).slice(before).find((each) => each !== "") ?? "";
  const entered = await whole.send<SelfSession>("POST", "/v1/self/sessions", { challenge, code });
  expect(entered.body.participant.switchedOff).toEqual(["sms"]);
  const { token } = entered.body;
  expect((await whole.send("PATCH", "/v1/self", { switchedOff: [] }, token)).status).toBe(200);
  expect(await whole.reached()).toBe(1);
});

test("a code means nothing after a kill, is not sent by the next start, and who had joined is there", async () => {
  const whole = await Whole.start(300, [{ name: "north", simulator: { texts: 100 } }]);
  const { simulator } = whole.carriers[0]!;
  const send = async <T>(path: string, body: object): Promise<Answer<T>> => {
    const response = await fetch(`http://127.0.0.1:${whole.engine.port}${path}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    return { status: response.status, body: (await response.json()) as T };
  };
  const codeTo = async (number: string, known: number): Promise<string> => {
    for (;;) {
      const texts = (await simulator.texts()).filter((sent) => sent.number === Number(number.slice(1)));
      if (texts.length > known) return texts.at(-1)!.text.slice(-6);
      await sleep(20);
    }
  };
  const joined = await send<CodeSent>("/v1/self/join", { number: NUMBER, position: HOME });
  const code = await codeTo(NUMBER, 0);
  const { challenge } = joined.body;
  const { body } = await send<SelfSession>("/v1/self/sessions", { challenge, code });
  const late = await send<CodeSent>("/v1/self/codes", { number: NUMBER });
  const lateCode = await codeTo(NUMBER, 1);
  await whole.restart();
  await whole.engine.untilBound();
  const wrong = await send<{ code: string }>("/v1/self/sessions", { challenge: late.body.challenge, code: lateCode });
  expect([wrong.status, wrong.body.code]).toEqual([401, "CODE_WRONG"]);
  const anew = await send<CodeSent>("/v1/self/codes", { number: NUMBER });
  const entered = await send<SelfSession>("/v1/self/sessions", {
    challenge: anew.body.challenge,
    code: await codeTo(NUMBER, 2),
  });
  expect(entered.body.participant).toEqual(body.participant);
  expect((await simulator.texts()).filter((sent) => sent.number === Number(NUMBER.slice(1)))).toHaveLength(3);
});
