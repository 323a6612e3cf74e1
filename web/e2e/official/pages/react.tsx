/** A page with `@elevenlabs/react` and nothing else, as strict as React can be. */
import { ConversationProvider, useConversation } from "@elevenlabs/react";
import { StrictMode, useEffect, useRef } from "react";
import { createRoot } from "react-dom/client";

import { file, noting, type Told } from "./telling.ts";

const told: Told[] = [];
const callbacks = noting(told);

function Talk() {
  const conversation = useConversation(callbacks);
  const latest = useRef(conversation);
  latest.current = conversation;
  useEffect(() => {
    window.talk = {
      told,
      async start(options) {
        latest.current.startSession(options);
        return null;
      },
      say: (text) => latest.current.sendUserMessage(text),
      update: (text) => latest.current.sendContextualUpdate(text),
      async show(text, base64, mediaType) {
        const { fileId } = await latest.current.uploadFile(file(base64, mediaType));
        latest.current.sendMultimodalMessage({ text, fileIds: [fileId] });
      },
      id: () => latest.current.getId(),
      end: async () => latest.current.endSession(),
    };
  }, []);
  return <output>{conversation.status}</output>;
}

const root = document.getElementById("root");
if (root === null) throw new Error("there is no root");
createRoot(root).render(
  <StrictMode>
    <ConversationProvider>
      <Talk />
    </ConversationProvider>
  </StrictMode>,
);
