"""What is shown at `/` where nobody has built the page: how to build it. Pure.

It is answered with 200: the endpoint is well, turns are served, and whoever watches `/` shall not
be woken, or take this endpoint away from the platform, for a page that no turn needs.
"""

import base64
import hashlib

from injector.page.policy import written

_STYLE = (
    "body{font:1.1rem/1.6 system-ui,sans-serif;max-width:34rem;margin:15vh auto;padding:0 1.5rem}"
    "code{font:1em ui-monospace,monospace;padding:.1em .3em;border:1px solid;border-radius:.3em}"
)

TEXT = f"""\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Sightline</title>
<style>{_STYLE}</style>
</head>
<body>
<main>
<h1>Sightline</h1>
<p>The endpoint is running. Its page is not built.</p>
<p>In the source tree, with Node 20 or newer and npm, run <code>make page</code>, and start
<code>sightline serve</code> anew. Everything else works without it.</p>
<p>To have nothing here: <code>injector.page.enabled: false</code>.</p>
</main>
</body>
</html>
"""

_DIGEST = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()

POLICY = written({"default-src": ["'none'"], "style-src": [f"'sha256-{_DIGEST}'"]})
"""It loads nothing, so it may load nothing."""
