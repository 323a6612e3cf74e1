-- Take one picture away, whether it waits or a conversation has it. A conversation's upload stays as
-- a trace of whose it was, so that it is given to nobody.
--
-- ARGV[3]  the temporaryId's digest
-- Answers  nothing where it is unknown; else whether a conversation had it, which, how many pictures
--          that still has, the picture's digest, and whether it is gone

local upload = at('upload', ARGV[3])
local digest, owner = unpack(redis.call('HMGET', upload, 'digest', 'owner'))
if not digest then
  return { ECHO }
elseif not owner then
  redis.call('DEL', upload)
  return { ECHO, 0, '', 0, digest, let_go(digest, 'upload:' .. ARGV[3]) and 1 or 0 }
end

local context = at('context', owner)
if redis.call('HEXISTS', context, 'source:' .. digest) == 0 then
  return { ECHO }
end
local kept = {}
for _, one in ipairs(shared(context)) do
  if one ~= digest then
    kept[#kept + 1] = one
  end
end
redis.call('HDEL', context, 'source:' .. digest, 'anchor:' .. digest)
redis.call('HSET', context, 'order', table.concat(kept, ' '))
return { ECHO, 1, owner, #kept, digest, let_go(digest, 'context:' .. owner) and 1 or 0 }
