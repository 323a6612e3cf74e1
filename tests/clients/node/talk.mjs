// The official client for Node, by its own helpers for streams. How a test talks to it:
// tests/clients/programs/lines.py.

import { createInterface } from "node:readline";
import OpenAI from "openai";

const model = "gpt-4o";
const note = {
  name: "make_a_note",
  description: "Keep a note about the conversation.",
  strict: true,
  parameters: {
    type: "object",
    properties: { text: { type: "string" } },
    required: ["text"],
    additionalProperties: false,
  },
};
const ours = ["x-sightline-context", "x-sightline-fallback", "server-timing"];

/** A client, and the headers of Sightline in its last answer. */
function connect(endpoint, conversation) {
  const seen = { headers: {} };
  seen.client = new OpenAI({
    baseURL: endpoint,
    apiKey: "any",
    defaultHeaders: { "X-Conversation-Id": conversation },
    fetch: async (...request) => {
      const response = await fetch(...request);
      const told = ours.filter((name) => response.headers.has(name));
      seen.headers = Object.fromEntries(told.map((name) => [name, response.headers.get(name)]));
      return response;
    },
  });
  return seen;
}

/** A conversation in chat completions. */
class Chat {
  history = [];
  asked = [];

  constructor(connection) {
    this.connection = connection;
  }

  said(text) {
    return { role: "user", content: text };
  }

  answered(text) {
    return this.asked.map((call) => ({ role: "tool", tool_call_id: call.id, content: text }));
  }

  stream(messages, options) {
    const tools = [{ type: "function", function: note }];
    const stream_options = { include_usage: true };
    const request = { model, messages, tools, stream_options };
    return this.connection.client.chat.completions.stream(request, options);
  }

  async leave(text) {
    const stream = this.stream([...this.history, this.said(text)]);
    for await (const chunk of stream) {
      if (chunk.choices[0]?.delta.content) break; // which is how this client closes a stream
    }
  }

  async hear(options) {
    let pieces = 0;
    const stream = this.stream(this.history, options);
    stream.on("content.delta", () => pieces++);
    stream.on("tool_calls.function.arguments.delta", () => pieces++);
    const completion = await stream.finalChatCompletion();
    const { message } = completion.choices[0];
    this.history.push(message); // as it is
    this.asked = message.tool_calls ?? [];
    return {
      text: message.content ?? "",
      calls: this.asked.map(({ function: f }) => ({ name: f.name, arguments: f.arguments })),
      pieces,
      tokens: completion.usage?.total_tokens ?? null,
      headers: this.connection.headers,
    };
  }
}

/** A conversation in the Responses API. */
class Responses {
  history = [];
  asked = [];

  constructor(connection) {
    this.connection = connection;
  }

  said(text) {
    return { role: "user", content: text };
  }

  answered(text) {
    const type = "function_call_output";
    return this.asked.map((call) => ({ type, call_id: call.call_id, output: text }));
  }

  stream(input, options) {
    const tools = [{ type: "function", ...note }];
    return this.connection.client.responses.stream({ model, input, tools }, options);
  }

  async leave(text) {
    const stream = this.stream([...this.history, this.said(text)]);
    for await (const event of stream) {
      if (event.type === "response.output_text.delta") break;
    }
  }

  async hear(options) {
    let pieces = 0;
    const stream = this.stream(this.history, options);
    const output = [];
    stream.on("event", (event) => (pieces += event.type.endsWith(".delta") ? 1 : 0));
    stream.on("response.output_item.done", (event) => output.push(event.item));
    const response = await stream.finalResponse();
    // Not `response.output`: what this helper has parsed is in it too, and no model takes that.
    this.history.push(...output);
    this.asked = response.output.filter((item) => item.type === "function_call");
    return {
      text: response.output_text,
      calls: this.asked.map((item) => ({ name: item.name, arguments: item.arguments })),
      pieces,
      tokens: response.usage?.total_tokens ?? null,
      headers: this.connection.headers,
    };
  }
}

let talk;

const deeds = {
  call({ endpoint, api, conversation }) {
    const connection = connect(endpoint, conversation);
    talk = api === "chat" ? new Chat(connection) : new Responses(connection);
    return {};
  },
  say({ text }) {
    talk.history.push(talk.said(text));
    return talk.hear();
  },
  result({ text }) {
    talk.history.push(...talk.answered(text));
    return talk.hear();
  },
  async leave({ text }) {
    await talk.leave(text);
    return {};
  },
  async wait({ text, seconds }) {
    talk.history.push(talk.said(text));
    try {
      return await talk.hear({ timeout: seconds * 1000, maxRetries: 0 });
    } catch (error) {
      return { error: error.constructor.name };
    } finally {
      talk.history.pop();
    }
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const asked = JSON.parse(line);
  console.log(JSON.stringify(await deeds[asked.do](asked)));
}
