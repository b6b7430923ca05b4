/** A key with other scopes than a control room's, made by the command beside the service, as an operator would. */
import { expect } from "vitest";
import { startNode } from "../children.js";

const COMMAND = new URL("../../gateway/main.js", import.meta.url);

export async function adminKey(folder: string, scopes = "admin,registry"): Promise<string> {
  const args = ["key", "create", "--name", "operations", "--scope", scopes];
  const child = startNode(COMMAND, args, { env: { SEINPOST_DATA: folder } });
  const { code } = await child.ended;
  expect(code, child.errors()).toBe(0);
  return child.lines[0]!;
}
