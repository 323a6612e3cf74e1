-- What was uploaded under a temporaryId, but for its pixels.
--
-- ARGV[3]  the temporaryId's digest
-- Answers  when it expires, and the picture; nothing where nothing is there, or the conversation
--          that has claimed it has let go of it

local upload = at('upload', ARGV[3])
local digest, source, owner = unpack(redis.call('HMGET', upload, 'digest', 'source', 'owner'))
if not digest then
  return { ECHO }
end
if owner and redis.call('HEXISTS', at('context', owner), 'source:' .. digest) == 0 then
  return { ECHO }
end
local kind, width, height, size, description =
  unpack(redis.call('HMGET', at('picture', digest), 'type', 'width', 'height', 'size', 'said'))
if not kind then
  return { ECHO }
end
local ends = NOW + redis.call('PTTL', upload)
return { ECHO, ends, digest, kind, width, height, size, source, description }
