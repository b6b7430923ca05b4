/**
 * Mail over one SMTP server: what it takes it sends, or says that it could not, within its times; what is too much it does
 * not take.
 *
 * To another machine it speaks TLS or not at all: what a mail says, and to whom, is nobody else's to read. Addresses and
 * texts stand in no problem and in no log; a mail server's own words may hold both, so they are not passed on.
 *
 * A pretence is composed like any other mail and then dropped, where that would be handed to a connection. It keeps its place
 * among those that wait for as long as the last mail did, so that how full it is here tells little of which mails are sent.
 */
import type { Transporter } from "nodemailer";
import { fail, ok, type Problem, type Result } from "../../schemas/errors.js";
import { SELF } from "../../schemas/limits.js";

export interface MailSettings {
  /** smtp:// or smtps://, with user and password where the server asks for them. */
  readonly url: string;
  /** An address, or a name with an address in angle brackets. */
  readonly from: string;
}

export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  /** When it is of no use any more, SELF.codeMs from now at the latest: it is given up then, however slow the server is. */
  readonly expiresAtMs: number;
}

/** A mail is what it says itself. */
const NOTHING_FETCHED = { disableFileAccess: true, disableUrlAccess: true };
const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

export class MailChannel {
  #pending = 0;
  #idle: (() => void) | undefined;
  /** From when the last mail came until it was sent, or given up. */
  #tookMs = 0;
  readonly #transport: Transporter;
  /** Composes, and has no connection. */
  readonly #composer: Transporter;
  readonly #from: string;
  readonly #onProblem: (problem: Problem) => void;

  private constructor(
    transport: Transporter,
    composer: Transporter,
    from: string,
    onProblem: (problem: Problem) => void,
  ) {
    this.#transport = transport;
    this.#composer = composer;
    this.#from = from;
    this.#onProblem = onProblem;
  }

  /** CONFIGURATION_INVALID when the address of the server is none. Connects when there is something to send. */
  static async open(settings: MailSettings, onProblem: (problem: Problem) => void): Promise<Result<MailChannel>> {
    const url = URL.canParse(settings.url) ? new URL(settings.url) : undefined;
    if (url === undefined || !/^smtps?:$/.test(url.protocol) || url.hostname === "") {
      return fail("CONFIGURATION_INVALID", "Must be smtp://host:port or smtps://host:port", "SEINPOST_SMTP_URL");
    }
    // Here, so that a service without mail starts without it.
    const { createTransport } = await import("nodemailer");
    const secure = url.protocol === "smtps:";
    const user = decodeURIComponent(url.username);
    const transport = createTransport({
      pool: true,
      host: url.hostname.replace(/^\[|\]$/g, ""),
      port: Number(url.port) || (secure ? 465 : 587),
      secure,
      requireTLS: !secure && !LOOPBACK.test(url.hostname),
      ...(user !== "" && { auth: { user, pass: decodeURIComponent(url.password) } }),
      maxConnections: SELF.mailConnections,
      maxRequeues: SELF.mailRequeues,
      connectionTimeout: SELF.mailConnectMs,
      greetingTimeout: SELF.mailConnectMs,
      socketTimeout: SELF.mailSilentMs,
      ...NOTHING_FETCHED,
    });
    const composer = createTransport({ streamTransport: true, buffer: true, ...NOTHING_FETCHED });
    return ok(new MailChannel(transport, composer, settings.from, onProblem));
  }

  get takes(): boolean {
    return this.#pending < SELF.waitingMails;
  }

  /** Returns at once; what becomes of it is only told when it could not be sent. */
  send(mail: Mail): void {
    const cameMs = performance.now();
    this.#take(this.#transport, mail, () => {
      this.#tookMs = performance.now() - cameMs;
      this.#leave();
    });
  }

  /** As `send`, but that it is sent to nobody. */
  pretend(mail: Mail): void {
    this.#take(this.#composer, mail, () => void setTimeout(() => this.#leave(), this.#tookMs).unref());
  }

  #take(transport: Transporter, { to, subject, text, expiresAtMs }: Mail, done: () => void): void {
    if (!this.takes) {
      this.#onProblem({ code: "CODE_NOT_SENT", detail: "too many mails are waiting" });
      return;
    }
    const withinMs = Math.min(Math.max(0, expiresAtMs - Date.now()), SELF.codeMs);
    const mail = {
      from: this.#from,
      to: { name: "", address: to },
      subject,
      text,
      // No answer by a machine is wanted (RFC 3834).
      headers: { "Auto-Submitted": "auto-generated" },
      signal: AbortSignal.timeout(withinMs),
    };
    this.#pending++;
    transport
      .sendMail(mail)
      .then(undefined, (error: unknown) => this.#onProblem({ code: "CODE_NOT_SENT", detail: whyOf(error) }))
      .finally(done);
  }

  #leave(): void {
    if (--this.#pending === 0) this.#idle?.();
  }

  /** Waits for what is being sent, but not for long. */
  async close(): Promise<void> {
    if (this.#pending > 0) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, SELF.mailCloseMs);
        this.#idle = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.#transport.close();
  }
}

/** The kind of failure, without the server's words. */
function whyOf(error: unknown): string {
  if (!(error instanceof Error)) return "the mail server could not be used";
  const { code, responseCode } = error as Error & { code?: unknown; responseCode?: unknown };
  const said = typeof responseCode === "number" ? `, answered ${responseCode}` : "";
  return `mail was not sent: ${typeof code === "string" ? code : error.name}${said}`;
}
