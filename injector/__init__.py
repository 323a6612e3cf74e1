"""The endpoint: a turn comes in, the right pictures are attached, the answer goes back as it comes.

app            the routes, and what lives as long as the application
turns          the routes of turns: a body comes in
  serving        a turn from its last byte in to its last byte out
  unpacking      the body without a content coding, bounded
  conversation   a request as field paths look into it
  context        which pictures a turn shows, or why none
  inband         the same where a turn itself names its pictures
    settled        which of them the store need not be asked about again; pure
  body/          the body that is relayed: pictures in, vendor fields out; pure
  upstream/      the model's side: asked, and asked again, until an answer begins
  relay          the answer, byte for byte
  fallback       a sentence of our own, where there is no answer; pure
sharing/       pictures come in, are announced, and are associated with a conversation
  decoding/      children that prepare pictures: bounded, and away from turns
  picture        bytes that somebody sent become a picture that the model can see
  shared         pictures as values: ready, waiting, and shared in a conversation
  describing/    a picture is put into words by the model, in the background
  store/         pictures and associations, kept and forgotten
sweeping       what has expired is deleted, also while nobody asks for anything
wiping         the last bytes that came in are overwritten in the event loop's own memory
record         what is known of a turn when it is over
  ledger         turns that are over: counted and logged a moment later
  stopwatch      how long each part took; what `server-timing` says
  usage          the tokens that an answer's last bytes tell of
  turnlog        the record as a log line, for people and for machines
    discreet       text that may be logged: without secrets and pictures
  metrics        the record as counts, for Prometheus; labels: few values each
happenings     what has happened to conversations lately, and who watches; pure
rights/        who may upload, associate, look and forget; which pages may call
page/          the endpoint's own page, as it was built, and what it is told
parts          the store, the model's side and so on, under the keys by which routes find them
wire           error answers, and the bearer
"""
