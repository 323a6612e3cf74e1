-- Keep a picture under a new temporaryId. The first write fails where memory is full, before
-- anything has changed.
--
-- ARGV[3]  the temporaryId's digest      ARGV[4]  ms to live
-- ARGV[5]  the picture's digest          ARGV[6]  the SHA-256 of what was sent, or empty
-- ARGV[7]  its pixels                    ARGV[8…] fields of the picture and their values
-- Answers  when it expires

local upload, digest = at('upload', ARGV[3]), ARGV[5]
local ends = NOW + tonumber(ARGV[4])
redis.call('HSET', upload, 'digest', digest, 'source', ARGV[6])
redis.call('PEXPIREAT', upload, ms(ends))
if redis.call('EXISTS', at('picture', digest)) == 0 then
  redis.call('HSET', at('picture', digest), 'part', ARGV[7], unpack(ARGV, 8))
end
hold(digest, 'upload:' .. ARGV[3], ends)
return { ECHO, ends }
