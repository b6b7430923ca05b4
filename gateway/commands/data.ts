/** The option of every command that works on a data folder. */
import { Option } from "commander";

export function dataOption(): Option {
  return new Option("--data <folder>", "data folder").env("SEINPOST_DATA").default("./data");
}
