-- Delete a key that holds no picture.

redis.call('DEL', KEYS[1])
return { ECHO }
