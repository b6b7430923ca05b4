/** Whether a carrier is the last that sends its channel: nothing of that channel goes out without it. Pure; the page says it before it is done. */

interface Sends {
  readonly name: string;
  readonly state: string;
}

/** `channels` by the carrier's name. */
export function isLastOfChannel(
  name: string,
  carriers: Iterable<Sends>,
  channels: ReadonlyMap<string, string>,
): boolean {
  const others = [...carriers].filter((each) => each.name !== name && each.state === "running");
  return !others.some((each) => channels.get(each.name) === channels.get(name));
}
