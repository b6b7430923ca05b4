/**
 * Which person of a file has which number and mail address. Many small tables instead of a large one, because a table is
 * copied when it grows: a million entries at once would hold the main thread up for a tenth of a second, a part of them does
 * not show.
 */
import { MailRegister, NumberRegister } from "../../registry/csv/numbers.js";

const TABLES = 64;
/** Characters of an address that choose its table. */
const LOOKED_AT = 12;

export class Claims {
  readonly #numbers = Array.from({ length: TABLES }, () => new NumberRegister());
  readonly #mails = Array.from({ length: TABLES }, () => new MailRegister());

  /** The person who has the number; nobody has 0. */
  byNumber(number: number): number | undefined {
    return number === 0 ? undefined : this.#numbers[number % TABLES]!.lineOf(number);
  }

  /** Likewise; nobody has "". */
  byMail(mail: string): number | undefined {
    return mail === "" ? undefined : this.#mails[tableOf(mail)]!.lineOf(mail);
  }

  /** Assumes that nobody has them yet. */
  take(person: number, number: number, mail: string): void {
    if (number !== 0) this.#numbers[number % TABLES]!.take(number, person);
    if (mail !== "") this.#mails[tableOf(mail)]!.take(mail, person);
  }
}

function tableOf(mail: string): number {
  let sum = mail.length;
  for (let at = 0; at < Math.min(LOOKED_AT, mail.length); at++) sum = Math.imul(sum, 31) + mail.charCodeAt(at);
  return (sum >>> 0) % TABLES;
}
