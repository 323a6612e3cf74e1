"""Time passes for a server whose clock is nobody's: what it holds becomes older.

Every key has so many seconds less to live, and every time that is written down is so much earlier.
What is over is deleted by the server, as ever; nothing in the store knows of this.
"""

from redis.asyncio import Redis

from injector.store.redis.line import PREFIX

_OLDER = """
for _, key in ipairs(redis.call('KEYS', '*')) do
  if redis.call('TYPE', key).ok == 'zset' then
    for _, member in ipairs(redis.call('ZRANGE', key, 0, -1)) do
      redis.call('ZINCRBY', key, -ARGV[1], member)
    end
  end
  local left = redis.call('PTTL', key)
  if left < 0 then
    return redis.error_reply('this key would be kept for ever: ' .. key)
  end
  redis.call('PEXPIRE', key, left - ARGV[1])
end
"""


async def pass_time(redis: Redis, seconds: float) -> None:
    """Let seconds pass; a key that would be kept for ever is an error."""
    await redis.eval(_OLDER, 0, round(seconds * 1000))


async def held(redis: Redis) -> set[bytes]:
    """Return the pixels that the server holds, whoever has them."""
    keys = [key async for key in redis.scan_iter(f"{PREFIX}picture:*")]
    parts = [await redis.hget(key, "part") for key in keys]
    return {part for part in parts if isinstance(part, bytes)}
