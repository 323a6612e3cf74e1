"""Pictures in Redis or Valkey: for many machines, any of which answers any conversation.

store      the store itself: what is asked, and which pixels this process has in memory
  line       questions to the server and their answers; the door to the package `redis`
  failures   what can go wrong there, in words
  pixels     what a picture's part costs once: fetched when it is missing, by one for all
  answers    what the scripts answer, as values; pure
  look       whether a server can be used as it is set up; pure
  scripts    every question and every change, each one script that is done whole or not at all

What is kept, each with a time after which Redis itself deletes it; `P` is `{sightline}:`, whose
braces put all of it on one node of a cluster:

    P picture:DIGEST        what a picture is, and its pixels: `part`
    P holders:DIGEST        who has it, `upload:…` or `context:…`, each with the end of its time
    P pictures              all pictures, each with the end of its time, for the sweep
    P upload:DIGEST         what waits under a temporaryId, of which only the digest is kept
    P context:CONVERSATION  a conversation: its pictures in their order, and its token's digest
    P announced:CONVERSATION, P claim:DIGEST

A picture's key ends with the last of its holders' times, and is deleted by the very script in which
the last of them lets go. The time is Redis's own, so workers' clocks need not agree. No other room
knows Redis.
"""

from injector.store.redis.store import RedisStore

__all__ = ["RedisStore"]
