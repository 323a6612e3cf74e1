/** What is said, as it is said. */
import { type ReactNode, useRef } from "react";
import type { Talk } from "../talk/state.ts";
import type { Line } from "../talk/transcript.ts";
import { Down } from "./icons.tsx";
import { Invitation } from "./Invitation.tsx";
import { useDockHeight } from "./useDockHeight.ts";
import { useFollowing } from "./useFollowing.ts";

const QUESTIONS = ["What do you see?", "Which colours are in it?", "Is there any text in it?"];
const WHO = { person: "You", agent: "Agent", note: "" } as const;

interface Props {
  readonly talk: Talk;
  readonly hasPicture: boolean;
  /** Say a proposed question. */
  readonly suggest: (text: string) => void;
  /** What stands under it, always in sight. */
  readonly dock: ReactNode;
}

export function Transcript({ talk, hasPicture, suggest, dock }: Props) {
  const { lines, talk: number } = talk.transcript;
  const log = useRef<HTMLDivElement>(null);
  const foot = useRef<HTMLDivElement>(null);
  const asked = lines.some((line) => line.talk === number && line.who === "person");
  const { behind, toNewest } = useFollowing(log, lines, number, lines.length === 0);
  useDockHeight(foot);
  return (
    <>
      <div className="transcript">
        <div
          className="log"
          role="log"
          aria-label="Transcript"
          aria-live="polite"
          tabIndex={0}
          ref={log}
        >
          {lines.length === 0 && <Invitation phase={talk.phase} hasPicture={hasPicture} />}
          {lines.map((line) => (
            <Said key={line.key} line={line} />
          ))}
        </div>
        {talk.phase === "connected" && hasPicture && !asked && <Questions ask={suggest} />}
      </div>
      <div className="dock" ref={foot}>
        {behind && (
          <button type="button" className="newest" onClick={toNewest}>
            <Down /> Newest
          </button>
        )}
        {dock}
      </div>
    </>
  );
}

function Questions({ ask }: { ask: (text: string) => void }) {
  return (
    <div className="questions" role="group" aria-label="Questions to begin with">
      {QUESTIONS.map((question) => (
        <button key={question} type="button" className="chip" onClick={() => ask(question)}>
          {question}
        </button>
      ))}
    </div>
  );
}

function Said({ line: { who, text, state } }: { line: Line }) {
  if (who === "note") return <p className="note">{text}</p>;
  return (
    <div className={`said said--${who} said--${state}`} aria-busy={state === "open"}>
      <span className="said__who">{WHO[who]}</span>
      <p className="said__text" dir="auto">
        {text}
        {state === "cut" && <span className="unseen"> (interrupted)</span>}
      </p>
    </div>
  );
}
