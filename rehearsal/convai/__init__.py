"""The client WebSocket of ElevenLabs Agents, as the official SDKs speak it, for rehearsals.

Towards the client it speaks the platform's protocol, and the official SDKs hold conversations here
unchanged; towards the endpoint it holds a `Line`, as the platform does. It is no ElevenLabs, and
says so: nothing understands speech, a turn that was heard takes the next line of a script as what
was said.

    frames      what a client says, a frame each                                        pure
    events      what the platform says, an event each                                   pure
    agents      the agents that can be called, and what a client may change             pure
    attached    typed text and files, as a message                                      pure
    sentences   an answer in pieces that can be spoken while the rest still comes       pure
    pacing      when sound is due, and what of it has been heard                        pure
    welcome     what a browser shows at the platform's address                          pure
    listening   when somebody begins to speak and when they have ended                  pure
    ears        what a person who was heard is taken to have said                      pure
    speaking    an answer as sound; the only door to espeak-ng                          I/O
    mouth       an answer in writing, and what is said of one that is cut off           I/O
    aloud       an answer as it is spoken                                               I/O
    tools       the agent's tools, the client's own among them                          I/O
    latency     pings and pongs                                                         I/O
    desk        signed URLs, files, and how many conversations there may be             memory
    watching    who is told what happens                                                a protocol
    connection  one client's WebSocket: frames in, events out, one end                  I/O
    session     one conversation                                                        I/O
    parts       what the routes share                                                   values
    routes      the HTTP routes beside the WebSocket                                    I/O
    app         the application                                                         I/O

What is here was read in the official SDKs and in public reports; nobody here has an account. What
only the platform itself could tell is marked as inferred where it stands.
"""
