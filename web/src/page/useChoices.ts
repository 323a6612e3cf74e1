/** The person's choices, remembered from visit to visit. */
import { useCallback, useEffect, useMemo, useState } from "react";
import { type Choices, choicesOf, defaultsOf, recall, remember } from "./choices.ts";
import type { Settings } from "./settings.ts";

/** Return the choices, and how to change some of them. */
export function useChoices(settings: Settings): [Choices, (changes: Partial<Choices>) => void] {
  const defaults = useMemo(() => defaultsOf(settings), [settings]);
  const [choices, setChoices] = useState(() => choicesOf(defaults, recall(localStorage)));
  // The endpoint may answer late, or anew.
  useEffect(() => setChoices(choicesOf(defaults, recall(localStorage))), [defaults]);
  const change = useCallback(
    (changes: Partial<Choices>) =>
      setChoices((old) => {
        const now = { ...old, ...changes };
        remember(localStorage, { choices: now, defaults });
        return now;
      }),
    [defaults],
  );
  return [choices, change];
}
