/** What the endpoint says of itself to its page: `GET /page.json`. */

/** The defaults that a page begins with. */
export interface Settings {
  readonly agentId: string | null;
  readonly signedUrl: string | null;
  readonly rehearsal: string | null;
  /** Keys inside `customLlmExtraBody`, from the outside in; null where the endpoint reads none. */
  readonly inBand: readonly string[] | null;
  /** Bytes; null where it is not known. */
  readonly maxUpload: number | null;
  readonly maxImages: number;
  readonly ticketNeeded: boolean;
  readonly model: string | null;
  readonly version: string;
}

/** What holds before the endpoint has answered, and where it does not. */
export const UNTOLD: Settings = {
  agentId: null,
  signedUrl: null,
  rehearsal: null,
  inBand: null,
  maxUpload: null,
  maxImages: 4,
  ticketNeeded: false,
  model: null,
  version: "",
};

/**
 * Return the settings in what was told; whatever is missing or of another kind is as in `UNTOLD`.
 */
export function settingsOf(told: unknown): Settings {
  const given = typeof told === "object" && told !== null ? (told as Record<string, unknown>) : {};
  return {
    agentId: text(given.agentId),
    signedUrl: text(given.signedUrl),
    rehearsal: text(given.rehearsal),
    inBand: keys(given.inBand),
    maxUpload: count(given.maxUpload),
    maxImages: count(given.maxImages) ?? UNTOLD.maxImages,
    ticketNeeded: given.ticketNeeded === true,
    model: text(given.model),
    version: text(given.version) ?? "",
  };
}

/** Ask the endpoint; rejects where it is away, or answers with anything but settings. */
export async function fetchSettings(signal?: AbortSignal): Promise<Settings> {
  const answer = await fetch("/page.json", { ...(signal && { signal }), cache: "no-store" });
  if (!answer.ok) throw new Error(`/page.json was answered with ${answer.status}`);
  return settingsOf(await answer.json());
}

const text = (value: unknown) => (typeof value === "string" && value !== "" ? value : null);
const count = (value: unknown) => (typeof value === "number" && value > 0 ? value : null);
const keys = (value: unknown) =>
  Array.isArray(value) && value.length > 0 ? value.map((key) => String(key)) : null;
