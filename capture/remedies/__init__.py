"""What to do where the conversation ID is nowhere, platform by platform.

platforms   which platform sent a recording; signs: what each leaves; telltale: how to ask
unfilled    template variables that arrived as they were written; tried: what that tells
advice      what to do, for the platforms of a recording
remedy      what a remedy and a guide are
elevenlabs, vapi, hume, tavus, telnyx, fishaudio, layercode
            platforms that call an endpoint of yours
pipelines   LiveKit Agents, Pipecat, Deepgram, Agora: you say what they send
generic     a platform that nobody recognised, and what never works
"""
