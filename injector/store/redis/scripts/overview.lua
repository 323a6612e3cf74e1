-- What some keys hold, for whoever runs the endpoint.
--
-- ARGV[3…] keys without what all begin with
-- Answers  four values for each conversation: its key, how many pictures, their bytes, when they
--          are forgotten; for each upload that waits, and for each picture: its key, 1, its bytes, 0

local answer = { ECHO }
local function add(name, count, size, ends)
  for _, value in ipairs({ name, count, size, ends }) do
    answer[#answer + 1] = value
  end
end

local function size_of(digest)
  return tonumber(redis.call('HGET', at('picture', digest), 'size') or 0)
end

for number = 3, #ARGV do
  local name = ARGV[number]
  local kind, rest = string.match(name, '^(%l+):(.*)$')
  local key = PREFIX .. name
  if redis.call('EXISTS', key) == 1 then
    if kind == 'context' then
      local size, digests = 0, shared(key)
      for _, digest in ipairs(digests) do
        size = size + size_of(digest)
      end
      if #digests > 0 then
        add(name, #digests, size, NOW + redis.call('PTTL', key))
      end
    elseif kind == 'upload' and redis.call('HEXISTS', key, 'owner') == 0 then
      add(name, 1, 0, 0)
    elseif kind == 'picture' then
      add(name, 1, size_of(rest), 0)
    end
  end
end
return answer
