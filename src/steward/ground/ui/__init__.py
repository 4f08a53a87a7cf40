"""Screens: the shell, page kinds, components, lists, live parts, terms and words about time and figures.

Apps register their entries in `AppConfig.ready()` (navigation, palette) and extend one of the page kinds in `ui/kinds/`.
`docs/concepts/design.md` explains the look; `/gallery/` shows every component in every state.
"""
