/** The whole window takes what is dropped; a curtain says so while something hovers. */
import { useDrop } from "./useDrop.ts";

export function Curtain({ add }: { add: (files: readonly File[]) => void }) {
  const hovering = useDrop(add);
  if (!hovering) return null;
  return (
    <div className="curtain" aria-hidden="true">
      <p>Let go to add the picture</p>
    </div>
  );
}
