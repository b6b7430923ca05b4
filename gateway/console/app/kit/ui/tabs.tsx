/** Tabs as WAI-ARIA describes them: arrows move between them, and what is hidden is out of reach. */
import type { ComponentChildren, JSX } from "preact";
import { useId, useState } from "preact/hooks";

export interface Tab {
  readonly name: string;
  readonly label: string;
  readonly show: () => ComponentChildren;
}

interface Props {
  readonly label: string;
  readonly tabs: readonly Tab[];
}

export function Tabs({ label, tabs }: Props): JSX.Element {
  const id = useId();
  const [chosen, choose] = useState(tabs[0]?.name ?? "");
  const shown = tabs.find(({ name }) => name === chosen) ?? tabs[0];
  const move = (event: KeyboardEvent): void => {
    const at = tabs.findIndex(({ name }) => name === shown?.name);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const next = tabs[(to + tabs.length) % tabs.length]!;
    choose(next.name);
    document.getElementById(`${id}-${next.name}`)?.focus();
  };
  return (
    <div class="tabs">
      <div role="tablist" aria-label={label} onKeyDown={move}>
        {tabs.map((tab) => (
          <button
            key={tab.name}
            type="button"
            role="tab"
            id={`${id}-${tab.name}`}
            aria-selected={tab.name === shown?.name}
            aria-controls={`${id}-panel`}
            tabIndex={tab.name === shown?.name ? 0 : -1}
            onClick={() => choose(tab.name)}
          >
            {tab.label}
          </button>
        ))}
      </div>
      <div role="tabpanel" id={`${id}-panel`} aria-labelledby={`${id}-${shown?.name}`}>
        {shown?.show()}
      </div>
    </div>
  );
}
