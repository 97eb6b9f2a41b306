"""A bank, a second bank and a post office that do not exist, in a process of their own.

They are another institution. Nothing here is imported by a provider's adapter and nothing
here imports one: the two sides meet only in files, as they would in life. `launch` starts
the process and talks to its control port; everything else belongs to the institution.
"""
