/**
 * A service for demonstration: where its folder has no registry yet, one is generated first. The generator is a process of its
 * own, which has to be alone on the folder, so the service lets it go, and starts once more when the registry is there. Cut off
 * at any moment, the next start goes on from what it finds.
 */
import type { MakeRegistry } from "../../../engine/registry/ensure.js";
import { NO_REGISTRY } from "../../../engine/registry/record/record.js";
import type { Result } from "../../../schemas/errors.js";
import { type Service, type ServiceOptions, startService } from "../service.js";

/** `generate` is called for a folder that a registry may be made in, and only then. */
export async function startDemonstration(
  options: Omit<ServiceOptions, "makeRegistry">,
  generate: () => Promise<Result<unknown>>,
): Promise<Result<Service>> {
  let isMissing = false;
  const makeRegistry: MakeRegistry = async () => {
    isMissing = true;
    return NO_REGISTRY;
  };
  const started = await startService({ ...options, makeRegistry });
  if (!isMissing) return started;
  const generated = await generate();
  return generated.ok ? startService({ ...options, makeRegistry }) : generated;
}
