/** What went wrong with the conversation, and the button that leads out of it. */
import type { RefObject } from "react";
import { type Attempt, type Trouble, type WayOut, WAYS_OUT } from "../talk/trouble.ts";
import type { Controls } from "../talk/useTalk.ts";
import { Alert } from "./Alert.tsx";

interface Props {
  readonly trouble: Trouble | null;
  readonly attempt: Attempt | null;
  readonly controls: Controls;
  /** The box with the agent's ID or address. */
  readonly field: RefObject<HTMLInputElement | null>;
  readonly dismiss: () => void;
}

export function ConversationTrouble({ trouble, attempt, controls, field, dismiss }: Props) {
  if (!trouble) return null;
  const voice = attempt?.voice ?? false;
  const look = () => {
    field.current?.focus();
    field.current?.select();
  };
  const acts: Readonly<Record<WayOut, () => void>> = {
    "go-on-by-text": () => void controls.start(false),
    "start-again": () => void controls.start(voice),
    "start-without-in-band": () => void controls.start(voice, false),
    "look-at-agent": look,
    "look-at-address": look,
    dismiss,
  };
  const { wayOut, title, text, said } = trouble;
  const action = { label: WAYS_OUT[wayOut], act: acts[wayOut] };
  return <Alert title={title} text={text} {...(said && { said })} actions={[action]} />;
}
