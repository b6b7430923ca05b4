/**
 * Places for connections: fewer than the process has file descriptors, for at that limit nothing could be accepted, and the
 * kernel would go on waking the process for it. Whoever has shown a key or a session keeps their place. A stranger may lose
 * it to a newcomer: the one who has been there longest with nothing being answered, such as half a request that doesn't go on.
 * Strangers from one address have so many places together, and so has each who is known: nobody takes all of them.
 */
import { existsSync, readFileSync } from "node:fs";
import type { Socket } from "node:net";
import { API } from "../../../schemas/limits.js";

export class Places {
  /** Each with whom it counts as: its owner while that is known, the stranger at its address otherwise, "" for nobody. */
  readonly #taken = new Map<Socket, string>();
  /** The stranger at the address of each, where there is one. */
  readonly #strangers = new Map<Socket, string>();
  /** Those that may lose their place, the longest there first. */
  readonly #idle = new Set<Socket>();
  /** Sockets of each whom some count as, the longest there first. */
  readonly #of = new Map<string, Set<Socket>>();
  readonly #most: number;
  readonly #mostOfAddress: number;

  constructor(most = connectionsMax(), mostOfAddress: number = API.connectionsPerAddress) {
    this.#most = most;
    this.#mostOfAddress = mostOfAddress;
  }

  /** False when there is no place: everybody there is known, or being answered. `stranger`: whom it counts as; "" for nobody. */
  take(socket: Socket, stranger = ""): boolean {
    const theirs = stranger === "" ? undefined : this.#of.get(stranger);
    const isFullOfTheirs = theirs !== undefined && theirs.size >= this.#mostOfAddress;
    if (isFullOfTheirs && !this.#drop(theirs)) return false;
    if (this.#taken.size >= this.#most && !this.#drop(this.#idle)) return false;
    this.#taken.set(socket, "");
    this.#idle.add(socket);
    this.#countAs(socket, stranger);
    if (stranger !== "") this.#strangers.set(socket, stranger);
    socket.once("close", () => this.#leave(socket));
    return true;
  }

  /** Whose it is; false where they have `most` of them already. */
  know(socket: Socket, owner: string, most: number): boolean {
    if (this.#taken.get(socket) === owner) return true;
    if ((this.#of.get(owner)?.size ?? 0) >= most) return false;
    if (this.#taken.has(socket)) this.#countAs(socket, owner);
    return true;
  }

  /** It is the stranger's at its address again, also where those have as many already: the next of them takes the place of one. */
  forget(socket: Socket): void {
    const stranger = this.#strangers.get(socket) ?? "";
    if (this.#taken.has(socket) && this.#taken.get(socket) !== stranger) this.#countAs(socket, stranger);
  }

  /** It can't lose its place, until `release`. */
  hold(socket: Socket): void {
    this.#idle.delete(socket);
  }

  release(socket: Socket): void {
    if (this.#taken.has(socket)) this.#idle.add(socket);
  }

  /** The first of them that may lose its place does; false where none may. */
  #drop(sockets: ReadonlySet<Socket>): boolean {
    for (const socket of sockets) {
      if (!this.#idle.has(socket)) continue;
      this.#leave(socket);
      socket.destroy();
      return true;
    }
    return false;
  }

  #countAs(socket: Socket, name: string): void {
    this.#uncount(socket);
    this.#taken.set(socket, name);
    if (name !== "") this.#of.set(name, (this.#of.get(name) ?? new Set()).add(socket));
  }

  #uncount(socket: Socket): void {
    const name = this.#taken.get(socket) ?? "";
    const sockets = this.#of.get(name);
    sockets?.delete(socket);
    if (sockets?.size === 0) this.#of.delete(name);
  }

  #leave(socket: Socket): void {
    this.#uncount(socket);
    this.#taken.delete(socket);
    this.#strangers.delete(socket);
    this.#idle.delete(socket);
  }
}

/** How many connections there may be beside all else that the process has open; `limits` is what the kernel says of it. */
export function connectionsMax(limits = readLimits()): number {
  const found = /^Max open files\s+(\d+)/m.exec(limits)?.[1];
  if (found === undefined) return API.connections;
  const descriptors = Number(found);
  const spare = Math.max(descriptors - API.descriptorsKept, Math.floor(descriptors / 2));
  return Math.min(API.connections, spare);
}

function readLimits(): string {
  const file = "/proc/self/limits";
  return existsSync(file) ? readFileSync(file, "latin1") : "";
}
