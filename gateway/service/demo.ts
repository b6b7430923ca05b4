/** Simulated carriers for a service that has none configured: processes of their own on loopback, which end with ours. */
import { type SimulatorOptions, type SimulatorProcess, startSimulator } from "../../loadtest/carrier/process.js";

export interface SimulatedCarrier {
  /** Its place in a file of carriers (gateway/smpp/settings/configuration.ts). */
  readonly entry: object;
  /** Where numbers and texts of what it took last can be read, as many as `texts` says. */
  readonly textsUrl: string;
  readonly simulator: SimulatorProcess;
}

export async function startSimulatedCarrier(options: SimulatorOptions & { name: string }): Promise<SimulatedCarrier> {
  const simulator = await startSimulator({ systemId: "seinpost", password: "loopback", ...options });
  const access = { systemId: "seinpost", password: "loopback", sender: "Burgernet" };
  return {
    entry: { name: options.name, host: "127.0.0.1", port: simulator.smppPort, ...access },
    textsUrl: `http://127.0.0.1:${simulator.controlPort}/texts`,
    simulator,
  };
}
