/**
 * `seinpost carrier check NAME`: binds to a carrier of the file that SEINPOST_CARRIERS names, sends nothing, and says what it
 * found.
 *
 * Exit codes: 0 the service would work with it; 1 it would not, or not with all binds; 2 nothing was tried, with the problem's
 * code and detail on stderr.
 */
import { Command } from "commander";
import type { CarrierConfiguration } from "../../schemas/carrier.js";
import { fail, type Result } from "../../schemas/errors.js";
import { readConfiguration } from "../configuration.js";
import { checkCarrier } from "../smpp/check.js";
import { readCarriersFile } from "../smpp/configuration.js";
import { senderAddress } from "../smpp/fields.js";

const NOT_GOOD = 1;
const NOT_TRIED = 2;

export function carrierCommand(): Command {
  const check = new Command("check")
    .description("bind to a carrier, send nothing, and say what was found; SEINPOST_CARRIERS names the file")
    .argument("<name>", "as in the file of carriers")
    .action(async (name: string) => {
      const found = find(name);
      if (!found.ok) {
        console.error(`${found.problem.code}: ${found.problem.detail}`);
        process.exitCode = NOT_TRIED;
        return;
      }
      console.log(`${name}: ${describe(found.value)}`);
      const good = await checkCarrier(found.value, (finding) =>
        console.log(`  ${finding.good ? "ok  " : "FAIL"}  ${finding.words}`),
      );
      console.log(good ? "The service can use it as it is." : "The service can't use it as it is.");
      process.exitCode = good ? 0 : NOT_GOOD;
    });
  return new Command("carrier").description("SMS carriers").addCommand(check);
}

function find(name: string): Result<CarrierConfiguration> {
  const configuration = readConfiguration(process.env);
  if (!configuration.ok) return configuration;
  const { carriersFile } = configuration.value;
  if (carriersFile === undefined) return fail("NO_CARRIER", "SEINPOST_CARRIERS names no file");
  const carriers = readCarriersFile(carriersFile, process.env);
  if (!carriers.ok) return carriers;
  const carrier = carriers.value.find((one) => one.name === name);
  const names = carriers.value.map((one) => one.name).join(", ");
  return carrier
    ? { ok: true, value: carrier }
    : fail("NOT_FOUND", `no carrier "${name}" in the file; it has ${names}`);
}

function describe(carrier: CarrierConfiguration): string {
  const { host, port, bind, binds, receivers, systemId, sender } = carrier;
  const kinds =
    bind === "separate"
      ? `${counted(binds, "transmitter")} and ${counted(receivers, "receiver")}`
      : counted(binds, "transceiver");
  const { ton, npi } = senderAddress(carrier);
  return `${host}:${port}, ${kinds} of system_id "${systemId}"; messages come from "${sender}" (TON ${ton}, NPI ${npi})`;
}

function counted(count: number, what: string): string {
  return count === 1 ? `one ${what}` : `${count} ${what}s`;
}
