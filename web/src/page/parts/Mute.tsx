/** Switch the microphone off and on again. */
import { Microphone, Muted } from "./icons.tsx";

export function Mute({ muted, mute }: { muted: boolean; mute: (muted: boolean) => void }) {
  return (
    <button
      type="button"
      className="button button--icon"
      aria-label="Mute microphone"
      aria-pressed={muted}
      title={muted ? "Unmute microphone" : "Mute microphone"}
      onClick={() => mute(!muted)}
    >
      {muted ? <Muted /> : <Microphone />}
    </button>
  );
}
