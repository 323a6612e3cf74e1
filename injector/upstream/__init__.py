"""The model's side: a question goes out, and its answer comes back in the pieces in which it comes.

asking       a turn is asked, and asked again, until its answer begins
  request      the request's head                                                        pure
  attempt      one attempt over one connection
    opening      the events of a stream until one says something                         pure
    refusal      what an attempt that failed was                                         pure
  failure      failures as values, and what to do then                                   pure
answer       an answer that has begun, and the rest as it comes
pool         connections: made, kept, warmed
  connection   one connection, one exchange at a time
    hearing      an answer put together of the bytes that come; the only door to httptools
"""

from injector.upstream.answer import Answer
from injector.upstream.asking import Question, Trace, Upstream
from injector.upstream.failure import ConnectionFailed, ErrorAnswer, Failure, GivenUp

__all__ = [
    "Answer",
    "ConnectionFailed",
    "ErrorAnswer",
    "Failure",
    "GivenUp",
    "Question",
    "Trace",
    "Upstream",
]
