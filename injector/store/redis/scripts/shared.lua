-- What every script begins with: names of keys, the time, and who holds a picture.
--
-- KEYS[1]  the key that the script is about; a cluster finds the node by it
-- ARGV[1]  what the answer must begin with
-- ARGV[2]  what every key begins with
--
-- Keys of pictures are named by what is found on the way, so they cannot all stand in KEYS. A
-- cluster allows that, since the braces in ARGV[2] keep all keys in one slot.

local ECHO, PREFIX = ARGV[1], ARGV[2]
local INDEX = PREFIX .. 'pictures'
local GRACE = 600000 -- ms for which the index outlives its last picture, so that a sweep sees it

local clock = redis.call('TIME')
local NOW = clock[1] * 1000 + math.floor(clock[2] / 1000)

local function at(kind, name)
  return PREFIX .. kind .. ':' .. name
end

local function ms(number)
  return string.format('%.0f', number)
end

-- Let a picture live as long as the last of its holders, or delete it; tell whether it is gone.
local function settle(digest)
  local picture, holders = at('picture', digest), at('holders', digest)
  redis.call('ZREMRANGEBYSCORE', holders, '-inf', ms(NOW))
  local last = redis.call('ZREVRANGE', holders, 0, 0, 'WITHSCORES')
  if #last == 0 or redis.call('EXISTS', picture) == 0 then
    redis.call('DEL', picture, holders)
    redis.call('ZREM', INDEX, digest)
    return true
  end
  local ends = ms(last[2])
  redis.call('PEXPIREAT', picture, ends)
  redis.call('PEXPIREAT', holders, ends)
  redis.call('ZADD', INDEX, ends, digest)
  local latest = redis.call('ZREVRANGE', INDEX, 0, 0, 'WITHSCORES')
  redis.call('PEXPIREAT', INDEX, ms(latest[2] + GRACE))
  return false
end

local function hold(digest, holder, ends)
  redis.call('ZADD', at('holders', digest), ms(ends), holder)
  return settle(digest)
end

local function let_go(digest, holder)
  redis.call('ZREM', at('holders', digest), holder)
  return settle(digest)
end

-- The digests of a conversation's pictures, in the order in which they were shared.
local function shared(context)
  local digests = {}
  for digest in string.gmatch(redis.call('HGET', context, 'order') or '', '%S+') do
    digests[#digests + 1] = digest
  end
  return digests
end

-- Whether a right is enough. Digests of secrets are compared, so how long it takes tells nothing.
local function is_allowed(context, bearer, token_digest)
  local token = redis.call('HGET', context, 'token')
  return not token or bearer == '1' or token == token_digest
end
