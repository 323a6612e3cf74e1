-- Which conversation has claimed a temporaryId.
--
-- ARGV[3]  the temporaryId's digest
-- Answers  nothing where it is unknown; else whether it is claimed, and by whom

local upload = at('upload', ARGV[3])
if redis.call('EXISTS', upload) == 0 then
  return { ECHO }
end
local owner = redis.call('HGET', upload, 'owner')
if not owner then
  return { ECHO, 0, '' }
elseif redis.call('EXISTS', at('context', owner)) == 0 then
  return { ECHO }
end
return { ECHO, 1, owner }
