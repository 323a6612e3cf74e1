"""Pictures in one SQLite file: for several workers on one machine, and for a restart.

store      the store itself: what is asked on which thread, and what is answered from memory
  thread     questions of an event loop, answered in turn on a thread
  reading    what a conversation has; a connection that only reads
  writing    every change, each one transaction
  owning     whose a picture is: uploads, and the conversations that claim them
  forgetting who lets go of a picture, and what is deleted then
  cleaning   what a deletion leaves behind, and room for it on a full disk
  answers    what the file said, for as long as nothing was committed to it since
  schema     the file: opened, and brought to the newest form
  changes    whether anything was committed since, without asking SQLite

SQLite is never asked on the event loop's thread, so a slow disk stops no turn that is being
relayed. Reading has a thread and a connection of its own: in WAL mode, readers wait for no writer.
Every change is there whole or not at all after a crash. No other room knows SQLite.
"""

from injector.store.sqlite.store import SqliteStore

__all__ = ["SqliteStore"]
