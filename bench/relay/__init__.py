"""Sightline beside the model itself, nginx, and what else people use: who is how fast, on loopback.

    turn        what is sent: a platform's turn as bytes
    pictures    pictures of a wanted size
    model       the stand-in model, which looks whether the right picture is there (a process)
    stream      what arrives, read: the first content, the pieces, the end
    client      a kept connection with a clock
    load        turns at one connection, at many, and paced (a process)
    processes   what is started, watched and ended
    contenders  who is compared, and how each is started
    foreign     scripts that run in bench/.venv: FastAPI's endpoint, LiteLLM's hook, the plots
    plan        how much is measured
    measures    latency and turns per second, in rounds
    paced       how many paced streams run at once
    memory      what Sightline holds in memory
    figures     percentiles, medians, a slope
    verdicts    the goals, and whether they are reached
    tables      the figures as tables
    screen      tables and progress on a terminal
    page        docs/performance.md
    machine     on what, and with which versions
    run         all of it, once
    flame       where Sightline's own time goes

Run it with `make bench`, or `python -m bench.relay --help`. docs/performance.md says more.
"""
