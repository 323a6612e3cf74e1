-- Remember what a model says of a picture, if the picture is there.
--
-- ARGV[3]  the picture's digest          ARGV[4]  what is said

if redis.call('EXISTS', at('picture', ARGV[3])) == 1 then
  redis.call('HSET', at('picture', ARGV[3]), 'said', ARGV[4])
end
return { ECHO }
