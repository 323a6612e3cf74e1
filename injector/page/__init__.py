"""The endpoint's own page: a person shares a picture here and talks about it.

built      the page as `make page` has built it, in memory
policy     what a browser may do for the page, and what it may not; pure
public     what everybody who opens the page is told of the configuration; pure
unbuilt    what is shown in its place where nobody has built it; pure
routes     `/`, what belongs to it, and `/page.json`

The page is public: whoever reaches the endpoint can read it, and nothing in it is a secret. It
calls the routes of `injector.sharing`, as a page of any other origin may that is configured.
"""

from injector.page.routes import built_page, page_routes

__all__ = ["built_page", "page_routes"]
