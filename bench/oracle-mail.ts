/**
 * What self.oracle needs to ask for codes by mail: participants with an address, and a mail server that takes all it gets. The
 * server is this file, as a process of its own, so that what it does costs the service nothing but what a server anywhere would.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { fileURLToPath } from "node:url";
import { openDataFolder } from "../engine/registry/open.js";
import { given, openedLive } from "./live-registry.js";

/** As long for everybody, whoever has it. */
export function mailOf(number: number): string {
  return `citizen.${String(number).padStart(8, "0")}@example.org`;
}

/** The first participants have an address from now on; gives those. */
export async function giveMails(folder: string, count: number): Promise<string[]> {
  const data = given(openDataFolder(folder));
  const live = await openedLive(data);
  const mails: string[] = [];
  for (let at = 0; at < Math.min(count, live.rows); at++) {
    const mail = mailOf(at);
    const changed = live.change(at, (now) => ({ ...now, mail }));
    if (changed.ok) mails.push(mail);
    if (mails.length % 1_000 === 0) given(await live.settled());
  }
  given(await live.close());
  await data.store.close();
  return mails;
}

export interface MailSink {
  /** For a service that sends by it. */
  readonly environment: NodeJS.ProcessEnv;
  close(): void;
}

/** It ends with this process, however that ends. */
export async function startMailSink(): Promise<MailSink> {
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url)], { stdio: ["pipe", "pipe", "inherit"] });
  const [port] = (await once(child.stdout, "data")) as [Buffer];
  const url = `smtp://127.0.0.1:${port.toString().trim()}`;
  return {
    environment: { SEINPOST_SMTP_URL: url, SEINPOST_MAIL_FROM: "burgernet@example.org" },
    close: () => child.kill(),
  };
}

/** Takes every mail (RFC 5321), and keeps none. */
function serve(socket: Socket): void {
  let text = "";
  let isMail = false;
  const take = (line: string): string => {
    if (isMail) {
      isMail = line !== ".";
      return isMail ? "" : "250 taken\r\n";
    }
    isMail = /^data/i.test(line);
    return isMail ? "354 go on\r\n" : "250 yes\r\n";
  };
  socket.on("error", () => socket.destroy());
  socket.on("data", (bytes) => {
    const lines = (text + bytes.toString("latin1")).split("\r\n");
    text = lines.pop()!;
    const answers = lines.map(take).join("");
    if (answers !== "") socket.write(answers);
  });
  socket.write("220 takes all\r\n");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const server = createServer(serve).listen(0, "127.0.0.1", () => {
    const address = server.address();
    if (address !== null && typeof address === "object") process.stdout.write(`${address.port}\n`);
  });
  process.stdin.resume().once("end", () => process.exit());
}
