/** An SMSC made with Net::SMPP, a Perl library by others (net-smpp-smsc.pl): the process, and what it says that it got. */
import { fileURLToPath } from "node:url";
import { startTool, type Tool, until } from "./tools.js";

const SCRIPT = fileURLToPath(new URL("../../../test/interop/net-smpp-smsc.pl", import.meta.url));

export interface Said {
  readonly event: string;
  readonly bind: number;
  readonly seq?: number;
  readonly status?: number;
  readonly to?: string;
  readonly from?: string;
  readonly coding?: number;
  readonly esmClass?: number;
  readonly text?: string;
  readonly kind?: string;
  readonly port?: number;
}

export class NetSmpp {
  private constructor(
    readonly tool: Tool,
    readonly port: number,
  ) {}

  static async start(...options: string[]): Promise<NetSmpp> {
    const tool = startTool("perl", [SCRIPT, ...options]);
    await until("the Perl SMSC", () => tool.lines.length > 0);
    const { port } = JSON.parse(tool.lines[0]!) as Said;
    return new NetSmpp(tool, port!);
  }

  said(event: string): Said[] {
    const lines = this.tool.lines.filter((line) => line.startsWith("{"));
    return lines.map((line) => JSON.parse(line) as Said).filter((said) => said.event === event);
  }

  /** What it could not read, or complained about, apart from connections that ended. */
  complaints(): string[] {
    return this.tool.lines.filter((line) => !line.startsWith("{") && !line.startsWith("premature eof"));
  }
}
