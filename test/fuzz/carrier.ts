/** The carrier that targets speak to: as read from a file, with a country and a number that it sends from. */
import { readCarriers } from "../../gateway/smpp/settings/configuration.js";
import type { CarrierConfiguration } from "../../schemas/carrier.js";

function read(): CarrierConfiguration {
  const entry = {
    name: "fuzz",
    host: "127.0.0.1",
    port: 2775,
    systemId: "seinpost",
    password: "secret",
    sender: "1008",
  };
  const carriers = readCarriers(JSON.stringify({ carriers: [{ ...entry, window: 16 }] }), {});
  if (!carriers.ok) throw new Error(carriers.problem.detail);
  return carriers.value[0]!;
}

export const CARRIER = read();
