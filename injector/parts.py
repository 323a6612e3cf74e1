"""The parts of a running endpoint, under the keys by which its routes find them."""

import asyncio

from aiohttp import web

from injector.body import Manner
from injector.happenings import Happenings
from injector.inband import InBand
from injector.store import Store
from injector.upstream import Upstream

STORE: web.AppKey[Store] = web.AppKey("store")
UPSTREAM = web.AppKey("upstream", Upstream)
MANNER = web.AppKey("manner", Manner)
HAPPENINGS = web.AppKey("happenings", Happenings)
ANCHORING: web.AppKey[set[asyncio.Task[None]]] = web.AppKey("anchoring")
"""Places of pictures that are being kept while the model is asked."""

IN_BAND = web.AppKey("in_band", InBand)
"""There only where the configuration says where turns name their pictures."""
