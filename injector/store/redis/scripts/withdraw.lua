-- End the wait for a picture that was on its way to a conversation.
--
-- ARGV[3]  the conversation
-- ARGV[4]  1 for the bearer              ARGV[5]  the digest of the token that was shown
-- Answers  `ok` or `refused`

if not is_allowed(at('context', ARGV[3]), ARGV[4], ARGV[5]) then
  return { ECHO, 'refused' }
end
redis.call('DEL', at('announced', ARGV[3]))
return { ECHO, 'ok' }
