"""The list of a month: lines, bridge, flags, and the acts of maker, checker and approver."""
