"""Make, read and question recordings.

flow        the one door to mitmproxy: its flows become exchanges
tee         watches an answer pass, and notes when each piece came
recorder    exchanges go to the disk and to the screen, secrets replaced first
files       opens whatever a person calls a recording
answer      what an answer says, and when
console     an exchange as a person reads it
  payload   a JSON body as a person reads it
sessions    which requests belong to one conversation, without knowing any ID
grouping    conversations as a field path tells them apart
places      where in a request an ID could stand
decoys      why a value that behaves like an ID is none
evidence    what stands at one place, and what that says
locate      where the conversation ID is; finding: what it answers
report      a page about recordings
replay      recorded sessions against an endpoint: the plan and the verdict
sender      sends what the plan says, through the official client
"""
