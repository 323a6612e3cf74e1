-- Note that a picture is on its way to a conversation.
--
-- ARGV[3]  the conversation              ARGV[4]  ms to wait for it
-- ARGV[5]  1 for the bearer              ARGV[6]  the digest of the token that was shown
-- Answers  `ok` or `refused`

if not is_allowed(at('context', ARGV[3]), ARGV[5], ARGV[6]) then
  return { ECHO, 'refused' }
end
redis.call('SET', at('announced', ARGV[3]), '', 'PX', ARGV[4])
return { ECHO, 'ok' }
