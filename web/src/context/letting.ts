/** Copies of pictures, and whole conversations, are deleted at the endpoint, with patience. */
import { type Copies, type Copy, isShared } from "./copies.ts";
import { elapsed } from "./elapsed.ts";
import type { Endpoint } from "./endpoint.ts";
import type { Conversation } from "./known.ts";
import { isMissingRoute, isTransient, type Result, type Trouble } from "./problems.ts";
import { pause } from "./retrying.ts";

const PATIENCE = 5_000; // milliseconds; somebody is waiting to see it gone
const NEVER = new AbortController().signal;

/**
 * Delete all copies of a picture; return why one that an agent may see is still there, or null.
 *
 * A copy that no conversation has is of no use to anybody without its temporaryId, and expires.
 */
export async function letGo(
  id: string,
  copies: Copies,
  endpoint: (address: string) => Endpoint,
): Promise<Trouble | null> {
  const deleted = async (copy: Copy): Promise<Trouble | null> => {
    const trouble = await gone(() => endpoint(copy.address).letGo(copy.temporaryId));
    if (trouble === null) copies.spend(id, copy);
    return isShared(copy) ? trouble : null;
  };
  const troubles = await Promise.all(copies.of(id).map(deleted));
  return troubles.find((trouble) => trouble !== null) ?? null;
}

/** Delete a conversation with all that it has; return why that failed, or null. */
export async function forget({
  conversationId,
  endpoint,
  token,
}: Conversation): Promise<Trouble | null> {
  return await gone(() => endpoint.forget(conversationId, token));
}

/** Ask until it is done or cannot be; return why not, or null. What is not there is gone. */
async function gone(ask: () => Promise<Result<unknown>>): Promise<Trouble | null> {
  const begun = Date.now();
  for (let attempts = 1; ; attempts++) {
    const result = await ask();
    if (result.ok || isGone(result.trouble)) return null;
    const { status, retryAfter } = result.trouble;
    const spent = Date.now() - begun;
    const tried = { attempts, retryAfter, spent, patience: PATIENCE, chance: Math.random() };
    const ms = isTransient(status) ? pause(tried) : null;
    if (ms === null)
      return isMissingRoute(result.trouble) ? tooOld(result.trouble) : result.trouble;
    await elapsed(ms, NEVER);
  }
}

/** Tell whether the endpoint has nothing to delete; a token ends with its conversation. */
function isGone({ status, problem }: Trouble): boolean {
  const isVoid = status === 401 && problem.code === "invalid_api_key";
  return isVoid || problem.code === "unknown_temporary_id";
}

function tooOld(trouble: Trouble): Trouble {
  const message =
    "This endpoint cannot take a single picture out of a conversation: forget everything, or end " +
    "the conversation.";
  return { ...trouble, problem: { code: "unknown", message, canRetry: false } };
}
