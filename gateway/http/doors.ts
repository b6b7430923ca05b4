/**
 * Where requests come in: the API's port; a socket in the data folder, which only the service's own user can open, for commands on
 * the same machine; and, where it is wanted, a port of loopback that shows /metrics to whoever asks, and nothing else. A service
 * without that socket is one that such commands can't reach, and goes on.
 */
import { chmodSync, rmSync } from "node:fs";
import { fail, ok, type Result } from "../../schemas/errors.js";
import { listen } from "./transport/listen.js";
import type { Handlers, Listening } from "./transport/transport.js";

/** Its name in the data folder. */
export const LOCAL_SOCKET = "seinpost.sock";
/** Bytes of its path that the system takes (unix(7)); of a longer one it would take a part. */
const PATH_BYTES = 107;
const LOOPBACK = "127.0.0.1";

export type Door = "api" | "local" | "metrics";

export interface DoorOptions {
  /** Loopback when absent. */
  readonly host?: string;
  /** 0 or absent: any free one. */
  readonly port?: number;
  /** The file of the socket; none when absent. Assumes that nobody else listens there: what is there is left of a process that was killed. */
  readonly localPath?: string;
  /** Of loopback, for /metrics without a key; none when absent. */
  readonly metricsPort?: number | undefined;
  readonly log: { warn(fields: object, message: string): void };
}

/** ADDRESS_UNAVAILABLE or CONFIGURATION_INVALID when it can't listen at one of the ports. */
export async function openDoors(
  { host = LOOPBACK, port = 0, localPath, metricsPort, log }: DoorOptions,
  handlersOf: (door: Door) => Handlers,
): Promise<Result<Listening>> {
  const api = await listen({ host, port }, handlersOf("api"));
  if (!api.ok) return api;
  const open = [api.value];
  const close = (): void => {
    for (const door of open) door.close();
  };
  if (metricsPort !== undefined) {
    const metrics = await listen({ host: LOOPBACK, port: metricsPort }, handlersOf("metrics"));
    if (!metrics.ok) {
      close();
      return { ok: false, problem: { ...metrics.problem, field: "metricsPort" } };
    }
    open.push(metrics.value);
  }
  const local = localPath === undefined ? undefined : await openLocal(localPath, handlersOf("local"));
  if (local?.ok) open.push(local.value);
  else if (local) log.warn(local.problem, "commands on this machine can't reach the service");
  return ok({ port: api.value.port, close });
}

async function openLocal(path: string, handlers: Handlers): Promise<Result<Listening>> {
  if (Buffer.byteLength(path) > PATH_BYTES)
    return fail("CONFIGURATION_INVALID", "the path of its socket is too long", path);
  rmSync(path, { force: true });
  const listening = await listen({ path }, handlers);
  if (listening.ok) chmodSync(path, 0o600);
  return listening;
}
