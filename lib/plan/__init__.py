"""What a run would do, found out by the pipeline itself over an overlay that writes nothing.

The overlay lies on both endpoints and on the store: what a plan would write is kept on a *shelf*
and shown to whatever reads after it, so that later pages and entities build on it. `flow.over`
lays it, `overlay` and `store` are its parts, `shelf` is what they keep things on.
"""
