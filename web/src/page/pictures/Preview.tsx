/** A look at a picture; what this browser cannot show (a HEIC, mostly) is shown as a sign. */
import { useState } from "react";
import { Picture } from "../parts/icons.tsx";

export function Preview({ source, name }: { source: string; name: string }) {
  const [unshowable, setUnshowable] = useState(false);
  if (unshowable) {
    return (
      <span
        className="preview preview--none"
        role="img"
        aria-label={`${name}, which this browser cannot show`}
      >
        <Picture />
      </span>
    );
  }
  return <img className="preview" src={source} alt={name} onError={() => setUnshowable(true)} />;
}
