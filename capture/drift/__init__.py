"""What a platform changed between two recordings: the structure of their turns, compared.

turn        a turn as one value, in which everything that is compared has a name
  messages  the history as kinds of messages; tools, answers: likewise
forms       what the form of a value or a key says: that nobody chose it
outline     a turn's value without its contents: what is where, and of which type
tally       whether a difference is news, or may be chance
naming      how a place is called, and what its name says
found       a difference at one place, with how sure it is
presence, types, values
            what there is to say about one place; behaviour: the rules about values
wording     the agent's prompt, whose text only hints at a change
report      what `drift` answers
compare     `drift`: everything together
"""
