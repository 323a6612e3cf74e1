/** A page with `@elevenlabs/client` and nothing else. */
import { Conversation, type PartialOptions } from "@elevenlabs/client";

import { failed, file, noting, type Told } from "./telling.ts";

const told: Told[] = [];
let conversation: Conversation | undefined;

const tools = {
  make_a_note: (parameters: { text: string }) => `noted under 47: ${parameters.text}`,
};

function open(): Conversation {
  if (conversation === undefined) throw new Error("no conversation has started");
  return conversation;
}

async function start(options: PartialOptions): Promise<Told | null> {
  try {
    const all = { ...options, clientTools: tools, ...noting(told) };
    conversation = await Conversation.startSession(all);
    return null;
  } catch (error) {
    return failed(error);
  }
}

window.talk = {
  told,
  start,
  say: (text) => open().sendUserMessage(text),
  update: (text) => open().sendContextualUpdate(text),
  async show(text, base64, mediaType) {
    const { fileId } = await open().uploadFile(file(base64, mediaType));
    open().sendMultimodalMessage({ text, fileIds: [fileId] });
  },
  id: () => open().getId(),
  end: () => open().endSession(),
};
