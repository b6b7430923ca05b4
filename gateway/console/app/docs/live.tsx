/** The messages of the monitor's WebSocket as they come, the newest first and so many at most. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import type { MONITOR_PROTOCOLS } from "../../../../schemas/monitor.js";
import { Button } from "../kit/ui/button.js";
import { Status } from "../kit/ui/status.js";
import { words } from "./words.js";

const PROTOCOL: (typeof MONITOR_PROTOCOLS)[0] = "seinpost.v1.json";
const SHOWN = 10;
const SHOWN_CHARACTERS = 4_000;

export function Live(): JSX.Element {
  const messages = useSignal<readonly string[]>([]);
  const isOn = useSignal(false);
  const isClosed = useSignal(false);
  useEffect(() => {
    if (!isOn.value) return;
    isClosed.value = false;
    // What is no longer listened to says nothing more, not even that it has closed.
    const listening = new AbortController();
    const { signal } = listening;
    const socket = new WebSocket(`${location.origin.replace(/^http/, "ws")}/v1/monitor`, PROTOCOL);
    const onMessage = ({ data }: MessageEvent): void => {
      messages.value = [String(data).slice(0, SHOWN_CHARACTERS), ...messages.value].slice(0, SHOWN);
    };
    const onClose = (): void => {
      isClosed.value = true;
      isOn.value = false;
    };
    socket.addEventListener("message", onMessage, { signal });
    socket.addEventListener("close", onClose, { signal });
    return () => {
      listening.abort();
      socket.close();
    };
  }, [isOn.value]);
  return (
    <article id="live">
      <h2>{words().live}</h2>
      <p>{words().liveHint}</p>
      <pre>{`new WebSocket("${location.origin.replace(/^http/, "ws")}/v1/monitor", ["${PROTOCOL}", "seinpost.key." + KEY])`}</pre>
      <Button
        isPressed={isOn.value}
        onPress={() => {
          isOn.value = !isOn.value;
        }}
      >
        {words().listen}
      </Button>
      {isClosed.value && <Status tone="warn">{words().closed}</Status>}
      {messages.value.map((message, at) => (
        <pre key={messages.value.length - at}>{message}</pre>
      ))}
    </article>
  );
}
