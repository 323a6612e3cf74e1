/** What stands where nothing has been said yet. */
import type { Talk } from "../talk/state.ts";

export function Invitation({ phase, hasPicture }: { phase: Talk["phase"]; hasPicture: boolean }) {
  return (
    <div className="invitation">
      <p className="invitation__title">Show it. Ask about it.</p>
      <p className="invitation__text">{words(phase, hasPicture)}</p>
    </div>
  );
}

function words(phase: Talk["phase"], hasPicture: boolean): string {
  if (phase === "starting") return "One moment.";
  if (phase === "connected") return "Say something, or type.";
  if (hasPicture) return "Your picture is here. Start, and ask what you like about it.";
  return "Add a picture, start, and ask what you like about it. You can also start first, and add one later.";
}
