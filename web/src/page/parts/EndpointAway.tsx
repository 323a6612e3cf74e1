/** The endpoint that serves this page does not answer. */
import { Alert } from "./Alert.tsx";

export function EndpointAway({ again }: { again: () => void }) {
  return (
    <Alert
      title="Sightline does not answer"
      text="Pictures cannot be shared until it does. Is the endpoint running, and is this device online?"
      actions={[{ label: "Try again", act: again }]}
    />
  );
}
