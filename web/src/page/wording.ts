/** What machines say, as a sentence. */

/** Return a message with a capital first letter and a full stop. */
export function sentence(message: string): string {
  const text = message.trim();
  if (!text) return "";
  // An address or a name in small letters stays as it is.
  const first = /^[a-z]+(?=[\s,;]|:\s|$)/.test(text)
    ? text[0]?.toUpperCase() + text.slice(1)
    : text;
  return /[.!?…)”"]$/.test(first) ? first : `${first}.`;
}
