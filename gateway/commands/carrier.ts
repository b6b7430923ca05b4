/**
 * `seinpost carrier check NAME`: binds to a carrier of the file that SEINPOST_CARRIERS names, sends nothing, and says what it
 * found.
 * Done in part is what it is called where the service would not work with it, or not with all binds.
 */
import { Command } from "commander";
import type { CarrierConfiguration } from "../../schemas/carrier.js";
import { fail, type Result } from "../../schemas/errors.js";
import { readConfiguration } from "../service/configuration.js";
import { checkCarrier } from "../smpp/carrier/check.js";
import { senderAddress } from "../smpp/messages/fields.js";
import { readCarriersFile } from "../smpp/settings/configuration.js";
import { report } from "./data.js";
import { EXIT } from "./exit-codes.js";

export function carrierCommand(): Command {
  const check = new Command("check")
    .description("bind to a carrier, send nothing, and say what was found; SEINPOST_CARRIERS names the file")
    .argument("<name>", "as in the file of carriers")
    .action(async (name: string) => {
      const found = find(name);
      if (!found.ok) return report(found.problem);
      console.log(`${name}: ${describe(found.value)}`);
      const good = await checkCarrier(found.value, (finding) =>
        console.log(`  ${finding.good ? "ok  " : "FAIL"}  ${finding.words}`),
      );
      console.log(good ? "The service can use it as it is." : "The service can't use it as it is.");
      process.exitCode = good ? EXIT.done : EXIT.inPart;
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
