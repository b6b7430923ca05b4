/** Simulated carriers for a service that has none configured: processes of their own on loopback, which end with ours. */
import { type SimulatorOptions, type SimulatorProcess, startSimulator } from "../loadtest/simulator-process.js";
import type { CarrierConfiguration } from "../schemas/link.js";
import { carrierDefaults } from "./smpp/configuration.js";

export interface SimulatedCarrier {
  readonly configuration: CarrierConfiguration;
  readonly simulator: SimulatorProcess;
}

export async function startSimulatedCarrier(options: SimulatorOptions & { name: string }): Promise<SimulatedCarrier> {
  const simulator = await startSimulator({ systemId: "seinpost", password: "loopback", ...options });
  const configuration = carrierDefaults({
    name: options.name,
    host: "127.0.0.1",
    port: simulator.smppPort,
    systemId: "seinpost",
    password: "loopback",
    sender: "Burgernet",
  });
  return { configuration, simulator };
}
