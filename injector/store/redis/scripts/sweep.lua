-- Delete pictures whose time is over. Redis does so too, but looks at a few keys at a time only.
--
-- ARGV[3]  how many at most
-- Answers  how many

local over = redis.call('ZRANGEBYSCORE', INDEX, '-inf', ms(NOW), 'LIMIT', 0, ARGV[3])
for _, digest in ipairs(over) do
  settle(digest)
end
return { ECHO, #over }
