/** The same without React: what the hook is made of. */
export { ImageContextCore } from "./context/imageContext.ts";
export type * from "./context/types.ts";
