-- Remember where in its history a conversation's pictures stand.
--
-- ARGV[3]  the conversation              ARGV[4…] digests of pictures, and where each stands

local context = at('context', ARGV[3])
for number = 4, #ARGV, 2 do
  if redis.call('HEXISTS', context, 'source:' .. ARGV[number]) == 1 then
    redis.call('HSET', context, 'anchor:' .. ARGV[number], ARGV[number + 1])
  end
end
return { ECHO }
