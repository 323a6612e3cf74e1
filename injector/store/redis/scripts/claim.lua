-- Claim a name. Who asks once more, since the answer was lost on the way, is told the same.
--
-- ARGV[3]  the name's digest             ARGV[4]  ms
-- Answers  1 for the first

local claim = at('claim', ARGV[3])
if redis.call('SET', claim, ECHO, 'NX', 'PX', ARGV[4]) or redis.call('GET', claim) == ECHO then
  return { ECHO, 1 }
end
return { ECHO, 0 }
