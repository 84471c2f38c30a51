"""The survey's probes: each measures on the installed packages of one stack and prints one JSON document.

`probes/` has one module a probe, with `measure(request, answer)`; `idioms/` what a framework's users write. The rest is
what they share. They run in the stack's own environment, so they need nothing but Python (3.9) and the framework.
"""
