"""What all rooms agree on: values, and the rules about them. No network, no terminal.

errors      one class for each thing that somebody must mend
fieldpath   where a value stands in a request, and the value that stands there
exchange    a request and its answer, as values
    roles       who speaks in a turn's body, and what an ID is never read from
answer      what a chat completion says; responses: the same of the Responses API
  excerpt     what an error answer says, in one line
sse         events out of bytes
readable    text that is safe on a terminal
recording   exchanges on the disk
  line      one exchange as one line of it; body: a body in that line
  har       the same as HAR 1.2
redact      secrets are replaced before the disk and the screen
  secret    the forms in which a secret occurs; secretname: which names say that they are one
  ownsecret what gives a picture to a conversation, by its form
  deltas    a secret in the words of an answer
  spoken    what people said; hiding: one text of it
config      config.yaml: read, shown, changed in one place
coding      content codings undone
jsontext    JSON whose numbers keep their text
jsonspan    where the parts of a JSON text stand
"""
