"""mitmproxy is imported once, before any test: it uses what its own libraries call deprecated."""

import warnings

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    import mitmproxy.http
    import mitmproxy.io  # noqa: F401
