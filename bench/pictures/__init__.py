"""What preparing pictures saves, and what uploads cost the turns of others.

saved      photographs as they are sent and as the model gets them: bytes and tokens
during     turns alone, and turns while twenty people upload
  uploader   the load of uploads, a process of its own
tables     the figures as tables of words; pure
page       the part of docs/pictures.md that a run writes

`make bench-pictures` takes about a minute and a half. What relays are compared with is in
`bench.relay`, whose model, load and processes are used here.
"""
