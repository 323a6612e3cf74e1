"""Make, read and question recordings.

flow        the one door to mitmproxy: its flows become exchanges
tee         watches an answer pass, and notes when each piece came
recorder    exchanges go to the disk and to the screen, secrets replaced first
files       opens whatever a person calls a recording
answer      what an answer says, and when
console     an exchange as a person reads it; screen: the terminal that it is written to
  payload   a JSON body as a person reads it; folding: what of it is folded away
  marking   text in which what is looked for is marked
listing     a recording as a list, an exchange a line
talk        a conversation as a person reads it; transcript: what is new in each of its turns
choosing    which exchanges a person wants to see; searching: what can be looked for
following   a recording that grows, read while it is written
curl        one command that sends a recorded request again
sessions    which requests belong to one conversation, without knowing any ID, and how sure that is
  histories what was said before a turn, as lines
  links     how a turn can follow what a conversation has said
grouping    conversations as a field path tells them apart
locate      where the conversation ID is, with evidence
platforms   which platform sent a recording; signs: what each leaves; telltale: how to ask
remedy      what to do where the ID is nowhere; remedies: each platform's
unfilled    template variables that arrived as they were written; tried: what that tells
drift       what a platform changed between two recordings
report      a page about recordings
replay      recorded sessions against an endpoint: the plan and the verdict
sender      sends what the plan says, through the official client
"""
