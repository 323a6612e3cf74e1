/** Pictures for a conversation with a voice agent, through Sightline: a React hook. */
export type * from "./context/types.ts";
export { useImageContext } from "./useImageContext.ts";
