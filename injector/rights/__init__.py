"""Who may upload, associate, look and forget: what a route asks before it does anything.

admission   what a request may do: its bearer, its token, its ticket, its rate; asked by the routes
origin      which pages may call, and what a browser is told of that
ticket      a right to upload that the customer's own backend signs; pure
signature   an event that ElevenLabs has signed; pure
rate        how often a minute
address     who is asking, behind proxies; pure

Whose a conversation's pictures are is not decided here, but where they are kept (`injector.store`):
a right is taken from the request here, and judged there.
"""
