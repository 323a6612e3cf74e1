/** The React hook: the core's state and functions, bound to a component's life. */
import { useEffect, useMemo, useState, useSyncExternalStore } from "react";
import { ImageContextCore } from "./context/imageContext.ts";
import { EMPTY } from "./context/state.ts";
import type { ImageContext, Options } from "./context/types.ts";

/**
 * Share pictures in a conversation with a voice agent, through Sightline's endpoint.
 *
 * Give `onConnect` and `onDisconnect` to `useConversation`, await `sessionOptions()` before
 * `startSession`, and the pictures that were given to `add` are part of the conversation. Each
 * component that calls it has pictures of its own. When the component unmounts, uploads end, and
 * what the endpoint has stays there until its `ttl`.
 */
export function useImageContext(options: Options = {}): ImageContext {
  const [core] = useState(() => new ImageContextCore(options));
  useEffect(() => core.configure(options));
  useEffect(() => core.attach(), [core]);
  const state = useSyncExternalStore(core.subscribe, core.state, onServer);
  return useMemo(() => {
    const { add, remove, retry, forget, sessionOptions, onConnect, onDisconnect } = core;
    return { ...state, add, remove, retry, forget, sessionOptions, onConnect, onDisconnect };
  }, [core, state]);
}

function onServer() {
  return EMPTY;
}
