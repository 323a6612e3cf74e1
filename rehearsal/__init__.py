"""Both ends of the world on this machine: a stand-in voice platform and a stand-in vision model.

Nothing is faked but who speaks: real sockets, real streams, pictures that are really decoded. The
room stands on `contract` and knows no other.

The person and the platform, which call the endpoint:

    script      what is said: lines, prompt, greeting, tools                            values
    api         the two APIs in which it can ask                                        pure
    payload     a turn's request as ElevenLabs builds it, the ID where it was put       pure
    reply       what is gathered from the stream that comes back                        pure
    history     what was said, as messages; after an interruption only what was spoken  pure
    call        what became of a call: its turns, and why it died                       values
    sending     one request, heard to its end or left half-way                          I/O
    line        a call's line to the endpoint: cascade, speculative turn, tool call     I/O
    platform    holds a conversation, a line of the script after the other              I/O
    convai      ElevenLabs' client WebSocket, for the official SDKs                     a room
    guest       the browser: uploads a picture and associates it                        I/O

The model, which the endpoint calls:

    asked       what a request asks, in whichever API                                   values
    chat        chat completions: requests as strictly as OpenAI reads them, answers    pure
    responses   the Responses API: the same                                             pure
    parameters  parameters that both APIs check alike                                   pure
    pictures    a picture's address as OpenAI takes it                                  pure
    refusal     how OpenAI refuses a request                                            pure
    eyes        what a picture shows, from its pixels; the only door to Pillow          pure
    answer      what is said about it, or which tool is called                          pure
    counting    how many tokens that is                                                 pure
    promptcache which beginning of a prompt was asked before                            memory
    spoken      an answer before it is put in an API's format                           values
    model       the application                                                         I/O

`photos/` holds four small photographs that anybody may use.
"""
