"""The endpoint: a turn comes in, the right pictures are attached, the answer goes back as it comes.

app            the routes, and what lives as long as the application
chat           a turn from its last byte in to its last byte out
  conversation   a request as field paths look into it
  inject         the body that is relayed: pictures in, vendor fields out; pure
  upstream       the model's side: one request, and its first byte
  relay          the answer, byte for byte
uploads        pictures come in, and are associated with a conversation
  picture        bytes that somebody sent become a picture that the model can see
  store/         pictures and associations, kept and forgotten
wire           error answers, the bearer, and which pages may call
"""
