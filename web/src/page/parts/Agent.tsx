/** How to reach the agent: three ways, and the one thing that each needs. */
import type { RefObject } from "react";
import { type Choices, REHEARSAL, type Way } from "../choices.ts";

interface Field {
  readonly key: "agentId" | "signedUrl" | "rehearsal";
  readonly radio: string;
  readonly label: string;
  readonly hint: string;
  readonly placeholder: string;
  readonly mode: "text" | "url";
}

const FIELDS: Readonly<Record<Way, Field>> = {
  rehearsal: {
    key: "rehearsal",
    radio: "Rehearsal",
    label: "Rehearsal address",
    hint: "A stand-in for the platform on this machine; needs no account.",
    placeholder: REHEARSAL,
    mode: "url",
  },
  signed: {
    key: "signedUrl",
    radio: "Signed URL",
    label: "Signed-URL service",
    hint: 'Your own backend; it answers with {"signed_url": …}.',
    placeholder: "https://app.example.com/signed-url",
    mode: "url",
  },
  agent: {
    key: "agentId",
    radio: "Agent ID",
    label: "Agent ID",
    hint: "A public agent of ElevenLabs.",
    placeholder: "agent_…",
    mode: "text",
  },
};
const ORDER: readonly Way[] = ["rehearsal", "signed", "agent"];

interface Props {
  readonly choices: Choices;
  readonly choose: (changes: Partial<Choices>) => void;
  /** While a conversation runs nothing changes here: only the choice is shown. */
  readonly locked: boolean;
  readonly field: RefObject<HTMLInputElement | null>;
}

export function Agent({ choices, choose, locked, field }: Props) {
  const { key, radio, label, hint, placeholder, mode } = FIELDS[choices.way];
  if (locked) {
    return (
      <section className="card agent agent--locked" aria-label="Agent">
        <span className="agent__way">{radio}</span>
        <span className="agent__where">{choices[key]}</span>
      </section>
    );
  }
  return (
    <section className="card agent" aria-labelledby="agent-title">
      <h2 id="agent-title">Agent</h2>
      <fieldset className="ways">
        <legend className="unseen">How to reach the agent</legend>
        {ORDER.map((way) => (
          <label key={way} className="ways__one">
            <input
              type="radio"
              name="way"
              checked={choices.way === way}
              onChange={() => choose({ way })}
            />
            <span>{FIELDS[way].radio}</span>
          </label>
        ))}
      </fieldset>
      <label className="field">
        <span className="field__label">{label}</span>
        <input
          ref={field}
          type="text"
          inputMode={mode}
          value={choices[key]}
          placeholder={placeholder}
          autoCapitalize="off"
          autoComplete="off"
          autoCorrect="off"
          spellCheck={false}
          aria-describedby="agent-hint"
          onChange={(event) => choose({ [key]: event.target.value })}
        />
      </label>
      <p id="agent-hint" className="hint">
        {hint}
      </p>
    </section>
  );
}
