/** Simulated carriers for a service that has none configured: processes of their own on loopback, which end with ours. */
import { type SimulatorOptions, type SimulatorProcess, startSimulator } from "../loadtest/simulator-process.js";

export interface SimulatedCarrier {
  /** Its place in a file of carriers (gateway/smpp/configuration.ts). */
  readonly entry: object;
  readonly simulator: SimulatorProcess;
}

export async function startSimulatedCarrier(options: SimulatorOptions & { name: string }): Promise<SimulatedCarrier> {
  const simulator = await startSimulator({ systemId: "seinpost", password: "loopback", ...options });
  const access = { systemId: "seinpost", password: "loopback", sender: "Burgernet" };
  return { entry: { name: options.name, host: "127.0.0.1", port: simulator.smppPort, ...access }, simulator };
}
