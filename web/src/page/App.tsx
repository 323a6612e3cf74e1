/** The page, as soon as the endpoint has said what it is, or is known to be away. */
import { Page } from "./Page.tsx";
import { useSettings } from "./useSettings.ts";

export function App() {
  const asked = useSettings();
  return asked.state === "asking" ? null : <Page asked={asked} />;
}
