-- The pixels of a picture, or nothing.
--
-- ARGV[3]  the picture's digest

return { ECHO, redis.call('HGET', at('picture', ARGV[3]), 'part') }
