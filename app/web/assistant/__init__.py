"""The officers' assistant: what an officer asks in plain words, answered from the own work that
waits, from the guides and the glossary, or handed on to somebody who can be asked.

Rules, and words as data (`data/`); no model. Nothing is made up: what fits badly is no answer.
Nothing that is typed is kept, and numbers in it are not shown again (`typed`).
"""
