/**
 * Places for connections: fewer than the process has file descriptors, for at that limit nothing could be accepted, and the
 * kernel would go on waking the process for it. Whoever has shown a key or a session keeps their place. A stranger may lose
 * it to a newcomer: the one who has been there longest with nothing being answered, such as half a request that doesn't go on.
 */
import { existsSync, readFileSync } from "node:fs";
import type { Socket } from "node:net";
import { API } from "../../../schemas/limits.js";

export class Places {
  readonly #taken = new Set<Socket>();
  /** Those that may lose their place, the longest there first. */
  readonly #idle = new Set<Socket>();
  readonly #most: number;

  constructor(most = connectionsMax()) {
    this.#most = most;
  }

  /** False when there is no place: everybody there is known, or being answered. */
  take(socket: Socket): boolean {
    const [oldest] = this.#idle;
    const isFull = this.#taken.size >= this.#most;
    if (isFull && oldest === undefined) return false;
    if (isFull) {
      this.#leave(oldest!);
      oldest!.destroy();
    }
    this.#taken.add(socket);
    this.#idle.add(socket);
    socket.once("close", () => this.#leave(socket));
    return true;
  }

  /** It can't lose its place, until `release`. */
  hold(socket: Socket): void {
    this.#idle.delete(socket);
  }

  release(socket: Socket): void {
    if (this.#taken.has(socket)) this.#idle.add(socket);
  }

  #leave(socket: Socket): void {
    this.#taken.delete(socket);
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
