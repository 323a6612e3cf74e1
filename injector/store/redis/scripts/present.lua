-- Which of some pictures are there.
--
-- ARGV[3…] digests
-- Answers  1 or 0 for each

local answer = { ECHO }
for number = 3, #ARGV do
  answer[#answer + 1] = redis.call('EXISTS', at('picture', ARGV[number]))
end
return answer
