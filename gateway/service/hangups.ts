/**
 * SIGHUP reads the files of the configuration again, and where it comes before the service is ready, when that is: they may have
 * changed since they were read. With a mistake in one, what it is about goes on as it was. Without any file SIGHUP stays what it is:
 * the end.
 */
import type { Logger } from "pino";
import { readKindsFile } from "../../engine/actions/kinds/shipped.js";
import { readCarriersFile } from "../smpp/settings/configuration.js";
import type { Configuration } from "./configuration.js";
import type { Service } from "./service.js";

export type Files = Pick<Configuration, "carriersFile" | "kindsFile">;

export function hasFiles({ carriersFile, kindsFile }: Files): boolean {
  return carriersFile !== undefined || kindsFile !== undefined;
}

/** Returns what is to be called once the service is ready. */
export function heedHangups(files: Files, log: Logger): (service: Service) => void {
  if (!hasFiles(files)) return () => undefined;
  let ready: Service | undefined;
  let missed = false;
  process.on("SIGHUP", () => {
    if (ready === undefined) missed = true;
    else void reload(files, ready, log);
  });
  return (service) => {
    ready = service;
    if (missed) void reload(files, service, log);
  };
}

async function reload({ carriersFile, kindsFile }: Files, service: Service, log: Logger): Promise<void> {
  if (kindsFile !== undefined) {
    const kinds = readKindsFile(kindsFile);
    if (kinds.ok) {
      service.changeKinds(kinds.value);
      log.info({ kinds: kinds.value.kinds.length }, "the file of kinds was read again");
    } else log.error(kinds.problem, "the file of kinds is as it may not be; the kinds stay as they are");
  }
  if (carriersFile === undefined) return;
  const carriers = readCarriersFile(carriersFile, process.env);
  if (carriers.ok) log.info(await service.changeCarriers(carriers.value), "the file of carriers was read again");
  else log.error(carriers.problem, "the file of carriers is as it may not be; the carriers stay as they are");
}
