"""Pictures in this process's memory: for one worker, gone when it ends.

store      the store itself: what is asked, and who may
  records    uploads, conversations and waits: each until it expires, in so many bytes
  holding    the pictures, each for as long as somebody holds it
"""

from injector.store.memory.store import MemoryStore

__all__ = ["MemoryStore"]
