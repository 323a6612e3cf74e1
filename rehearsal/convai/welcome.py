"""What somebody sees who opens the rehearsal platform's address in a browser. Pure."""

from collections.abc import Iterable
from html import escape
from string import Template
from typing import Final

_PAGE: Final = Template("""<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Sightline: the rehearsal platform</title>
<style>
  :root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif }
  body { max-width: 40rem; margin: 3rem auto; padding: 0 1rem }
  pre { overflow-x: auto; padding: .75rem; border: 1px solid }
</style>
<h1>This is a rehearsal</h1>
<p>Here stands <code>sightline rehearse</code>, a stand-in for ElevenLabs Agents on this machine. It
speaks the protocol of their client WebSocket and asks the custom LLM endpoint
<code>$endpoint</code> for every turn. It is not ElevenLabs: no account is needed, nothing is
charged, and no speech is understood. Whoever speaks is taken to have said the next line of a
script.
<h2>How to connect</h2>
<p>A page, with <code>@elevenlabs/client</code> or <code>@elevenlabs/react</code>:
<pre>startSession({
  signedUrl: "ws://$host/v1/convai/conversation?agent_id=rehearsal",
  textOnly: true,
})</pre>
<p>Voice takes <code>connectionType: "websocket"</code> in the place of <code>textOnly: true</code>.
<p>Python, with <code>elevenlabs</code>:
<pre>client = ElevenLabs(base_url="http://$host", api_key="any")
Conversation(client, "rehearsal", requires_auth=False, audio_interface=None).start_session()</pre>
<p>Signed URLs: <code>GET http://$host/v1/convai/conversation/get-signed-url?agent_id=rehearsal</code>
<h2>Agents</h2>
<p>$agents
</html>
""")


def page(host: str, endpoint: str, agents: Iterable[str]) -> str:
    """Return the page as HTML.

    Args:
        host: the host and port that the browser asked.
        endpoint: the custom LLM endpoint.
        agents: the IDs of the agents that can be called.
    """
    listed = ", ".join(f"<code>{escape(one)}</code>" for one in agents)
    return _PAGE.substitute(host=escape(host), endpoint=escape(endpoint), agents=listed)
