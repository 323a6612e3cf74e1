-- Forget a conversation.
--
-- ARGV[3]  the conversation
-- Answers  how many pictures it had, and the digests of those that are gone with it

local conversation = ARGV[3]
local context = at('context', conversation)
local digests = shared(context)
local answer = { ECHO, #digests }
for _, field in ipairs(redis.call('HKEYS', context)) do
  local upload = string.match(field, '^upload:(.*)$')
  if upload then
    redis.call('DEL', at('upload', upload))
  end
end
redis.call('DEL', context, at('announced', conversation))
for _, digest in ipairs(digests) do
  if let_go(digest, 'context:' .. conversation) then
    answer[#answer + 1] = digest
  end
end
return answer
