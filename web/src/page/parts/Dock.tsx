/** What is always at hand: where the conversation is, how to start it, to speak, and to end it. */
import { useEffect, useRef } from "react";
import type { Status as PictureStatus } from "../../context/types.ts";
import { isOn, statusOf, type Talk } from "../talk/state.ts";
import type { Controls } from "../talk/useTalk.ts";
import { Composer } from "./Composer.tsx";
import { Keyboard, Microphone } from "./icons.tsx";
import { Meter } from "./Meter.tsx";
import { Mute } from "./Mute.tsx";

interface Props {
  readonly talk: Talk;
  readonly controls: Controls;
  readonly status: PictureStatus;
  readonly addPicture: () => void;
}

export function Dock({ talk, controls, status, addPicture }: Props) {
  const on = isOn(talk);
  const speech = talk.phase === "connected" && talk.attempt?.voice === true;
  const end = useRef<HTMLButtonElement>(null);
  const message = useRef<HTMLTextAreaElement>(null);
  const start = useRef<HTMLButtonElement>(null);
  // The button that was pressed is gone: what takes its place gets the focus, so that no key is
  // lost. That is the end while a conversation starts, and then the box, where one is to type.
  const before = useRef(talk.phase);
  useEffect(() => {
    if (before.current === talk.phase) return;
    before.current = talk.phase;
    const here = document.activeElement;
    if (here && here !== document.body && here !== end.current) return;
    if (!on) start.current?.focus();
    else if (talk.phase === "connected" && !speech) message.current?.focus();
    else end.current?.focus();
  }, [talk.phase, on, speech]);

  return (
    <>
      <div className="dock__state">
        <Status talk={talk} />
        <Hint talk={talk} pictures={status} />
        {speech && <Meter level={controls.level} muted={controls.muted} />}
        {speech && <Mute muted={controls.muted} mute={controls.mute} />}
        {on && (
          <button
            ref={end}
            type="button"
            className="button button--end"
            aria-label="End conversation"
            onClick={controls.end}
          >
            <span>
              End<span className="button__more"> conversation</span>
            </span>
          </button>
        )}
      </div>
      {talk.phase === "connected" && (
        <Composer box={message} send={controls.send} addPicture={addPicture} />
      )}
      {!on && <Starts first={start} start={controls.start} />}
    </>
  );
}

function Status({ talk }: { talk: Talk }) {
  const status = statusOf(talk);
  return (
    <p className={`status status--${status.toLowerCase()}`}>
      <span className="status__light" aria-hidden="true" />
      <span role="status">{status}</span>
    </p>
  );
}

/** What is worth knowing now, beside the one word. */
function Hint({ talk, pictures }: { talk: Talk; pictures: PictureStatus }) {
  const words = hintOf(talk, pictures);
  return words ? <p className="hint">{words}</p> : null;
}

function hintOf({ phase }: Talk, pictures: PictureStatus): string {
  if (phase === "starting") return pictures === "uploading" ? "Your picture goes first." : "";
  if (phase === "connected" || pictures !== "empty") return "";
  return "No picture yet: you can start without one.";
}

interface StartsProps {
  readonly first: React.RefObject<HTMLButtonElement | null>;
  readonly start: Controls["start"];
}

function Starts({ first, start }: StartsProps) {
  return (
    <div className="starts">
      <button
        ref={first}
        type="button"
        className="button button--main"
        onClick={() => void start(true)}
      >
        <Microphone /> Start voice conversation
      </button>
      <button type="button" className="button" onClick={() => void start(false)}>
        <Keyboard /> Start text conversation
      </button>
    </div>
  );
}
