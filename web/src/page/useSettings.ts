/** The endpoint's settings, asked for once, and again when the person says so. */
import { useCallback, useEffect, useState } from "react";
import { fetchSettings, type Settings, UNTOLD } from "./settings.ts";

export interface Asked {
  readonly settings: Settings;
  readonly state: "asking" | "told" | "away";
  again(): void;
}

/** Ask the endpoint what it says of itself. */
export function useSettings(): Asked {
  const [asked, setAsked] = useState<Omit<Asked, "again">>({ settings: UNTOLD, state: "asking" });
  const [round, setRound] = useState(0);
  useEffect(() => {
    const leaving = new AbortController();
    fetchSettings(leaving.signal).then(
      (settings) => setAsked({ settings, state: "told" }),
      () => leaving.signal.aborted || setAsked((old) => ({ ...old, state: "away" })),
    );
    return () => leaving.abort();
  }, [round]);
  return { ...asked, again: useCallback(() => setRound((n) => n + 1), []) };
}
