/** From what the person has chosen to what the SDK's `startSession` needs. */
import type { Choices } from "../choices.ts";

/**
 * Where the session goes. The SDK overwrites `origin`, so any other platform is named by
 * `signedUrl`.
 */
export type Reached =
  | { readonly signedUrl: string; readonly connectionType?: never }
  | { readonly agentId: string; readonly connectionType: "websocket" };

/** The address or ID is missing, is none, or does not answer; `message` is for the person. */
export class Unreachable extends Error {
  override readonly name = "Unreachable";
}

/**
 * Return where the session goes; a signed-URL service is asked for it.
 *
 * Raises: `Unreachable`, saying which field to look at.
 */
export async function reach(choices: Choices, ask: typeof fetch = fetch): Promise<Reached> {
  if (choices.way === "rehearsal") return { signedUrl: rehearsalUrl(choices.rehearsal) };
  if (choices.way === "signed") return { signedUrl: await signedUrl(choices.signedUrl, ask) };
  const agentId = choices.agentId.trim();
  if (!agentId) throw new Unreachable("Which agent? Enter its ID; it begins with agent_.");
  return { agentId, connectionType: "websocket" };
}

/**
 * Return the WebSocket of the rehearsal at `address`; one that has a path of its own is taken as
 * it is.
 *
 * Raises: `Unreachable` where it is no address.
 */
export function rehearsalUrl(address: string): string {
  const url = parsed(
    /^[a-z]+:\/\//i.test(address.trim()) ? address.trim() : `http://${address.trim()}`,
  );
  if (!url?.hostname) {
    throw new Unreachable(
      "Where is the rehearsal? Enter its address, such as http://127.0.0.1:8002.",
    );
  }
  url.protocol = url.protocol === "https:" || url.protocol === "wss:" ? "wss:" : "ws:";
  if (url.pathname !== "/") return url.href;
  return `${url.protocol}//${url.host}/v1/convai/conversation?agent_id=rehearsal`;
}

async function signedUrl(service: string, ask: typeof fetch): Promise<string> {
  const address = parsed(service.trim());
  if (!address || !/^https?:$/.test(address.protocol)) {
    throw new Unreachable(
      "Which service signs the URL? Enter its address, beginning with https://.",
    );
  }
  const answer = await ask(address).catch(() => null);
  if (!answer)
    throw new Unreachable("The signed-URL service does not answer, or does not allow this page.");
  if (!answer.ok) throw new Unreachable(`The signed-URL service answered with ${answer.status}.`);
  const told: unknown = await answer.json().catch(() => null);
  const url = (told as { signed_url?: unknown } | null)?.signed_url;
  if (typeof url === "string" && /^wss?:\/\//.test(url)) return url;
  throw new Unreachable(
    'The signed-URL service answered without a "signed_url" that begins with wss://.',
  );
}

function parsed(address: string): URL | null {
  try {
    return new URL(address);
  } catch {
    return null;
  }
}
