-- The digest of a conversation's token, or nothing where it has no picture.
--
-- ARGV[3]  the conversation

return { ECHO, redis.call('HGET', at('context', ARGV[3]), 'token') }
