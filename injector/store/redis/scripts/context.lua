-- What a conversation has, but for the pixels; asking keeps it.
--
-- ARGV[3]  the conversation              ARGV[4]  ms to live from now, or 0 to change nothing
-- ARGV[5]  ms below which what is left is renewed
-- Answers  whether a picture is awaited, when all is forgotten, and eight values for each picture

local conversation = ARGV[3]
local context = at('context', conversation)
local awaited = redis.call('EXISTS', at('announced', conversation))
local left = redis.call('PTTL', context)
if left <= 0 then
  return { ECHO, awaited, 0 }
end

local answer = { ECHO, awaited, NOW + left }
local digests = shared(context)
if left < tonumber(ARGV[5]) then
  local ends = NOW + tonumber(ARGV[4])
  answer[3] = ends
  -- Where memory is full, a script may go on writing if its first write asks for no more of it.
  redis.call('PEXPIREAT', context, ms(ends))
  for _, digest in ipairs(digests) do
    hold(digest, 'context:' .. conversation, ends)
  end
end

local function add(values)
  for _, value in ipairs(values) do
    answer[#answer + 1] = value
  end
end

for _, digest in ipairs(digests) do
  local fields = { 'type', 'width', 'height', 'size', 'said' }
  local picture = redis.call('HMGET', at('picture', digest), unpack(fields))
  if picture[1] then -- Redis may have evicted it, if somebody has told it to
    local own = redis.call('HMGET', context, 'source:' .. digest, 'anchor:' .. digest)
    add({ digest, picture[1], picture[2], picture[3], picture[4] })
    add({ own[1] or '', picture[5] or '', own[2] or '' })
  end
end
return answer
