-- Give an uploaded picture to a conversation.
--
-- ARGV[3]  the conversation              ARGV[4]  the temporaryId's digest
-- ARGV[5]  the digest of the token that this temporaryId makes
-- ARGV[6]  1 for the bearer              ARGV[7]  the digest of the token that was shown
-- ARGV[8]  ms to live                    ARGV[9]  how many pictures it may have
-- ARGV[10] 1 where all others leave
-- Answers  `unknown`, `taken`, `refused`, or: `ok`, how many pictures, whether the token is told

local conversation, upload = ARGV[3], at('upload', ARGV[4])
local context, holder = at('context', conversation), 'context:' .. conversation
local digest, source, owner = unpack(redis.call('HMGET', upload, 'digest', 'source', 'owner'))

if not digest then
  return { ECHO, 'unknown' }
elseif owner and owner ~= conversation then
  return { ECHO, 'taken' }
elseif owner and redis.call('EXISTS', context) == 0 then
  return { ECHO, 'unknown' }
elseif not owner and redis.call('EXISTS', at('picture', digest)) == 0 then
  return { ECHO, 'unknown' }
elseif not owner and not is_allowed(context, ARGV[6], ARGV[7]) then
  return { ECHO, 'refused' }
end

local function claim()
  redis.call('HSETNX', context, 'token', ARGV[5])
  redis.call('HSET', upload, 'owner', conversation)
  for _, field in ipairs(redis.call('HKEYS', context)) do
    local old = string.match(field, '^upload:(.*)$')
    if old and redis.call('EXISTS', at('upload', old)) == 0 then
      redis.call('HDEL', context, field)
    end
  end
  redis.call('HSET', context, 'upload:' .. ARGV[4], '')
  redis.call('HSETNX', context, 'source:' .. digest, source)
end

-- The pictures that the conversation has from now on; the oldest that are too many leave.
local function chosen()
  local all, kept, found = shared(context), {}, false
  for _, one in ipairs(all) do
    found = found or one == digest
    if one == digest or ARGV[10] ~= '1' then
      kept[#kept + 1] = one
    end
  end
  if not found then
    kept[#kept + 1] = digest
  end
  while #kept > tonumber(ARGV[9]) do
    table.remove(kept, kept[1] == digest and 2 or 1)
  end
  return all, kept
end

local ends = NOW + tonumber(ARGV[8])
if not owner then
  claim()
  local all, kept = chosen()
  local stays = {}
  for _, one in ipairs(kept) do
    stays[one] = true
  end
  redis.call('HSET', context, 'order', table.concat(kept, ' '))
  redis.call('DEL', at('announced', conversation))
  hold(digest, holder, ends)
  let_go(digest, 'upload:' .. ARGV[4])
  for _, one in ipairs(all) do
    if not stays[one] then
      redis.call('HDEL', context, 'source:' .. one, 'anchor:' .. one)
      let_go(one, holder)
    end
  end
end

redis.call('PEXPIREAT', context, ms(ends))
local pictures = shared(context)
for _, one in ipairs(pictures) do
  hold(one, holder, ends)
end
local first = redis.call('HGET', context, 'token') == ARGV[5]
return { ECHO, 'ok', #pictures, first and 1 or 0 }
