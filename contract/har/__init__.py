"""HAR 1.2: what Sightline exports to other tools, and what it reads of theirs.

The source is "HTTP Archive (HAR) v1.2"; its sections "request", "response", "postData", "content",
"timings" and "Custom Fields" are meant below. Nothing is read or written here, only values made.

    an exchange has                     a HAR entry has
    a body of UTF-8                     `text`
    any other body                      `text` in base64: in `content` with `encoding`, and in
                                        `postData`, where HAR 1.2 has no such field, `_encoding`
    no answer                           `response.status` 0 and `response._error`
    an answer that was cut short        `response._error`
    id, arrivals, complete, reason …    `_sightline`: exactly, and read back from our own files only
    no size on the wire                 -1, for headers, and for bodies that were compressed

What others leave out or write otherwise is read like this:

- no `startedDateTime`, or none that is ISO 8601 or a Unix time: that of the entry before, or 1970;
  no offset: UTC;
- arrivals: the whole body at `timings.wait`, which is the time to the first byte; the duration is
  `wait` and `receive` together, or else `time`; without any of them there are none;
- status 0, or no response: no answer; with an `_error`: not complete, and that is the reason;
- `postData.params` without `text`: written as a form is, but for multipart, where bytes are lost;
- a body in base64 that is still compressed as its `Content-Encoding` says: decoded;
- `queryString` where the URL has no query: put there; repeated headers in one, with line breaks
  between them: taken apart;
- pseudo headers of HTTP/2 are dropped, as the method and the URL say the same, or are made of them;
- mitmproxy decodes text whose charset is not declared as Latin-1: that is undone.

Entries that are no HTTP are left out, and entries that make no sense skipped, and both are said.
What a WebSocket carried after its first request is not read.
"""

from contract.har.export import to_har
from contract.har.load import from_har

__all__ = ["from_har", "to_har"]
