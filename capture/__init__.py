"""Make, read and question recordings.

flow        the one door to mitmproxy: its flows become exchanges
tee         watches an answer pass, and notes when each piece came
recorder    exchanges go to the disk and to the screen, secrets replaced first
files       opens whatever a person calls a recording
answer      what an answer says, and when
show        recordings on a terminal: everything, a list, conversations; what to show
curl        one command that sends a recorded request again
sessions    which requests belong to one conversation, without knowing any ID, and how sure that is
  histories what was said before a turn, as lines
  links     how a turn can follow what a conversation has said
grouping    conversations as a field path tells them apart
locate      where the conversation ID is, with evidence
remedies    what to do where the ID is nowhere: which platform it is, and its ways
drift       what a platform changed between two recordings
report      a page about recordings
replay      recorded sessions against an endpoint: the plan and the verdict
sender      sends what the plan says, through the official client
  official  whether that client could read an answer, by its own types
"""
